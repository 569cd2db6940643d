import type { JWTPayload } from 'jose';
import { roles as knownRoles, type Caller, type Role, type TenantKind } from '../../domain/access/actor.js';
import { Unauthorized } from '../problems/unauthorized.js';
import { uuid } from './bearer-token.js';

/** What is known of a token beside its claims. */
export interface TokenContext {
  readonly tenantId: string;
  readonly tenantKind: TenantKind;
  readonly audience: string;
  /** Signed by the development issuer, which marks nothing that Entra ID marks. */
  readonly isDevelopments: boolean;
}

/** Seconds that clocks may differ. */
export const toleranceSeconds = 60;
/** Entra ID's longest lived access token lives 28 hours (continuous access evaluation); two days are nobody's. */
const longestSeconds = 172_800;

/** The caller that verified claims name (docs/identity.md). Throws Unauthorized, and tells whoever holds the token why. */
export function callerOf(payload: JWTPayload, context: TokenContext): Caller {
  const { oid, roles } = payload;
  // An array would name other services too, and any of them could use the token here.
  if (payload.aud !== context.audience) throw anotherAudience();
  if (typeof oid !== 'string' || !uuid.test(oid))
    throw refused('no-person', 'This token names nobody (oid). Get a new one with the scope profile.');
  if (!isOfSoundTimes(payload, context))
    throw refused('odd-times', 'The times in this token cannot be (iat, exp). Get a new one.');
  const given: readonly unknown[] = Array.isArray(roles) ? roles : [];
  return {
    kind: 'caller',
    tenantKind: context.tenantKind,
    tenantId: context.tenantId,
    objectId: oid.toLowerCase(),
    roles: knownRoles.filter((role): role is Role => given.includes(role)),
    appOnly: isAppOnly(payload, context.isDevelopments),
  };
}

/** Says to whoever holds a whole token that it is another service's. */
export function anotherAudience(): Unauthorized {
  return refused(
    'another-audience',
    'This token was issued for another service, or for several. Ask your tenant for one for this service alone.',
  );
}

/**
 * An application in its own name, or a person? `idtyp` says `app`, and only tokens of persons carry scopes. A token
 * that says neither is none for an API (identity tokens say neither), one that says both contradicts itself.
 */
function isAppOnly({ idtyp, scp }: JWTPayload, isDevelopments: boolean): boolean {
  const hasScopes = typeof scp === 'string' && scp.trim() !== '';
  if (idtyp === 'app' && scp === undefined) return true;
  if ((idtyp === undefined || idtyp === 'user') && hasScopes) return false;
  if (idtyp === undefined && scp === undefined && isDevelopments) return false;
  throw refused(
    'neither-person-nor-application',
    'This token says neither that a person is behind it (scp) nor that an application is (idtyp). Get an access token for this service; the application’s registration needs the optional claim idtyp.',
  );
}

function isOfSoundTimes({ iat, exp }: JWTPayload, { isDevelopments }: TokenContext): boolean {
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return false;
  if (isDevelopments) return true;
  const latest = Date.now() / 1_000 + toleranceSeconds;
  return typeof iat === 'number' && iat <= latest && iat < exp && exp - iat <= longestSeconds;
}

function refused(reason: string, message: string): Unauthorized {
  return new Unauthorized('token-invalid', reason, message);
}
