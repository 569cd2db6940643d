import { Injectable } from '@nestjs/common';
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import type { FindTenant } from '../../application/queries/find-tenant.js';
import { roles as knownRoles, type Caller, type Role, type TenantKind } from '../../domain/access/actor.js';
import { Unauthorized } from '../problems/unauthorized.js';
import type { SigningKeys } from './signing-keys.js';
import { KeysUnavailable } from './tenant-keys.js';

/** A caller, and until when the token says so, in milliseconds since 1970. */
export interface Verified {
  readonly caller: Caller;
  readonly until: number;
}

export interface TokenRules {
  readonly audience: string;
  readonly issuerTemplate: string;
  readonly platformTenantId: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** How long a registration is believed without looking again, in milliseconds. */
const believedForMs = 10_000;

/**
 * Turns a bearer token into a caller: RS256 only, issuer derived from a registered tenant, audience exact, 60 seconds
 * of clock tolerance. Verifying against a multi-tenant key set without pinning the issuer is the classic hole: here the
 * tenant is looked up first, and its issuer and keys follow from it.
 */
@Injectable()
export class TokenVerifier {
  private readonly believed = new Map<string, { readonly kind: TenantKind; readonly until: number }>();

  constructor(
    private readonly tenants: Pick<FindTenant, 'run'>,
    private readonly keys: SigningKeys,
    private readonly rules: TokenRules,
  ) {}

  /** Throws Unauthorized with the reason, in words that help the honest and tell the others nothing. */
  async verify(authorization: string | undefined): Promise<Verified> {
    const token = /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw new Unauthorized('token-missing', 'Send a bearer token in the Authorization header.');
    const tenantId = this.claimedTenant(token);
    const tenantKind = await this.kindOf(tenantId);
    const payload = await this.verified(token, tenantId);
    return { caller: callerOf(payload, tenantId, tenantKind), until: (payload.exp ?? 0) * 1_000 };
  }

  /** Read from the token before it is verified, only to know whose issuer and keys it has to match. */
  private claimedTenant(token: string): string {
    try {
      const { tid } = decodeJwt(token);
      if (typeof tid === 'string' && uuid.test(tid)) return tid.toLowerCase();
    } catch {
      // not a token at all
    }
    throw new Unauthorized(
      'token-invalid',
      'This is no token that names a tenant. Get a new one from your tenant.',
    );
  }

  private async kindOf(tenantId: string): Promise<TenantKind> {
    if (tenantId === this.rules.platformTenantId) return 'platform';
    const known = this.believed.get(tenantId);
    if (known !== undefined && known.until > performance.now()) return known.kind;
    const tenant = await this.tenants.run(tenantId);
    if (tenant === null) {
      throw new Unauthorized(
        'tenant-not-registered',
        'Your tenant is not registered here. Ask the platform’s operators to register it.',
      );
    }
    // Platform roles count in the platform's own tenant only, whatever a registration says.
    const kind = tenant.kind === 'partner' ? 'partner' : 'customer';
    if (this.believed.size > 10_000) this.believed.clear();
    this.believed.set(tenantId, { kind, until: performance.now() + believedForMs });
    return kind;
  }

  private async verified(token: string, tenantId: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.keys.forTenant(tenantId), {
        algorithms: ['RS256'],
        issuer: this.rules.issuerTemplate.replace('{tid}', tenantId),
        audience: this.rules.audience,
        clockTolerance: 60,
        requiredClaims: ['exp', 'oid', 'tid'],
      });
      return payload;
    } catch (error) {
      if (error instanceof KeysUnavailable) throw error;
      if (error instanceof errors.JWTExpired) {
        throw new Unauthorized('token-expired', 'This token has expired. Get a new one and try again.');
      }
      if (!(error instanceof errors.JOSEError)) throw error;
      throw new Unauthorized(
        'token-invalid',
        'This token does not hold: its signature, issuer or audience is not what is expected. Get a new one for this service.',
      );
    }
  }
}

function callerOf(payload: JWTPayload, tenantId: string, tenantKind: TenantKind): Caller {
  const { oid, roles, idtyp } = payload;
  if (typeof oid !== 'string' || oid.length > 64)
    throw new Unauthorized('token-invalid', 'This token names nobody (oid). Get a new one.');
  const given: readonly unknown[] = Array.isArray(roles) ? roles : [];
  return {
    kind: 'caller',
    tenantKind,
    tenantId,
    objectId: oid.toLowerCase(),
    roles: knownRoles.filter((role): role is Role => given.includes(role)),
    appOnly: idtyp === 'app',
  };
}
