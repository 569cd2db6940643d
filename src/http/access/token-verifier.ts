import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { Caller } from '../../domain/access/actor.js';
import { Unauthorized } from '../problems/unauthorized.js';
import { readBearer, type ClaimedToken } from './bearer-token.js';
import type { RegisteredTenants } from './registered-tenants.js';
import type { SigningKeys } from './signing-keys.js';
import { KeysUnavailable } from './tenant-keys.js';
import { anotherAudience, callerOf, toleranceSeconds } from './token-claims.js';

/** A caller, and until when the token says so, in milliseconds since 1970. */
export interface Verified {
  readonly caller: Caller;
  readonly until: number;
}

export interface TokenRules {
  readonly audience: string;
  readonly issuerTemplate: string;
  readonly eventSecrets: readonly string[];
  readonly platformTenantId: string;
}

/**
 * Turns a bearer token into a caller: RS256 only, issuer derived from a registered tenant, key from that tenant's own
 * set, audience exact, 60 seconds of clock tolerance. Verifying against a multi-tenant key set without pinning the
 * issuer is the classic hole: here the tenant is looked up first, and its issuer and keys follow from it.
 */
@Injectable()
export class TokenVerifier {
  constructor(
    private readonly tenants: RegisteredTenants,
    private readonly keys: SigningKeys,
    private readonly rules: TokenRules,
  ) {}

  /**
   * Takes an Authorization header. Throws Unauthorized, with words that help whoever holds a token that was really
   * issued and tell nothing to anybody else; KeysUnavailable where nobody can say.
   */
  async verify(authorization: string | undefined): Promise<Verified> {
    const claimed = readBearer(authorization);
    const { tenantId } = claimed;
    const tenantKind = await this.tenants.kindOf(tenantId);
    // In the same words as a bad signature: who is registered here is nobody's business who cannot sign.
    if (tenantKind === null) throw Unauthorized.unverified('tenant-not-registered');
    const payload = await this.verified(claimed);
    const isDevelopments = this.keys.isDevelopments(claimed.keyId);
    const context = { tenantId, tenantKind, audience: this.rules.audience, isDevelopments };
    return { caller: callerOf(payload, context), until: (payload.exp ?? 0) * 1_000 };
  }

  /** Whether a token says that it is of the platform's own tenant: nothing of it is verified. */
  claimsPlatform(authorization: string | undefined): boolean {
    try {
      return readBearer(authorization).tenantId === this.rules.platformTenantId;
    } catch {
      return false;
    }
  }

  /**
   * Takes the shared secret of events, compared in constant time with each that is good now. Its holder may deliver events
   * and nothing else. Throws Unauthorized.
   */
  verifyEventSecret(secret: string): Verified {
    const digest = sha256(secret);
    const isGood = this.rules.eventSecrets.filter((one) => timingSafeEqual(sha256(one), digest)).length > 0;
    if (!isGood) throw Unauthorized.unverified('event-secret');
    return { caller: eventSender(this.rules.platformTenantId), until: Number.MAX_SAFE_INTEGER };
  }

  private async verified({ token, tenantId }: ClaimedToken): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.keys.forTenant(tenantId), {
        algorithms: ['RS256'],
        issuer: this.rules.issuerTemplate.replaceAll('{tid}', tenantId),
        audience: this.rules.audience,
        clockTolerance: toleranceSeconds,
        requiredClaims: ['exp', 'oid', 'tid'],
      });
      return payload;
    } catch (error) {
      if (error instanceof KeysUnavailable || !(error instanceof errors.JOSEError)) throw error;
      throw refusalOf(error);
    }
  }
}

/** Claims are looked at after the signature: whoever hears of them holds a token that the tenant has signed. */
function refusalOf(error: errors.JOSEError): Unauthorized {
  if (error instanceof errors.JWTExpired)
    return new Unauthorized(
      'token-expired',
      'expired',
      'This token has expired. Get a new one and try again.',
    );
  if (!(error instanceof errors.JWTClaimValidationFailed)) return Unauthorized.unverified(error.code);
  if (error.claim === 'aud') return anotherAudience();
  const words: Readonly<Record<string, string>> = {
    iss: 'This token comes from another issuer than your tenant’s own, or in the older form (v1.0). Get one of version 2.0.',
    nbf: 'This token is not valid yet. Look at the clock of the machine that it comes from, and try again.',
    exp: 'This token does not say when it ends (exp). Get a new one.',
    oid: 'This token names nobody (oid). Get a new one with the scope profile.',
  };
  const message = words[error.claim] ?? 'A claim of this token is not as it has to be. Get a new one.';
  return new Unauthorized('token-invalid', `claim-${error.claim}`, message);
}

/** Of one length for all, so that comparing tells nothing. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Whoever holds the secret: an application of the platform's own, which no person and no token can be. */
function eventSender(tenantId: string): Caller {
  return {
    kind: 'caller',
    tenantKind: 'platform',
    tenantId,
    objectId: '00000000-0000-0000-0000-000000000000',
    roles: ['Ingest'],
    appOnly: true,
  };
}
