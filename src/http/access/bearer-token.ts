import { decodeJwt, decodeProtectedHeader } from 'jose';
import { Unauthorized } from '../problems/unauthorized.js';

/** What a token says of itself before anything of it is verified: only good for knowing what it has to match. */
export interface ClaimedToken {
  readonly token: string;
  /** In lower case. */
  readonly tenantId: string;
  readonly keyId: string;
}

/** Tokens of Entra ID are 1 to 4 kB, and Node takes 16 kB of headers: what is longer is not even looked at. */
const longestToken = 16_384;
/** Signed and whole: three parts that are all there. Nested (five parts), detached and unsigned ones have another form. */
const compact = /^[\w-]+\.[\w-]+\.[\w-]+$/;
export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Entra ID says `JWT`; RFC 9068 says `at+jwt`. Other types are made for other ends: logout, proofs of possession. */
const types: readonly unknown[] = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

/**
 * The bearer token of an Authorization header, cheapest looks first: a tenant is looked up, and keys are fetched, only
 * for what could be a token of this service. Throws Unauthorized.
 */
export function readBearer(authorization: string | undefined): ClaimedToken {
  if (authorization !== undefined && authorization.length > longestToken + 'Bearer '.length)
    throw Unauthorized.unverified('too-long');
  const token = /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined)
    throw new Unauthorized(
      'token-missing',
      'no-token',
      'Send a bearer token in the Authorization header, and nowhere else.',
    );
  if (!compact.test(token)) throw Unauthorized.unverified('not-a-signed-token');
  return { token, keyId: keyOf(token), tenantId: tenantOf(token) };
}

/** RS256 only, by a key that is named: whatever else a header offers (`jku`, `x5u`, `jwk`) is no key of a tenant's. */
function keyOf(token: string): string {
  const { alg, kid, typ } = decoded(() => decodeProtectedHeader(token));
  if (alg !== 'RS256') throw Unauthorized.unverified('not-rs256');
  if (!types.includes(typeof typ === 'string' ? typ.toLowerCase() : typ))
    throw Unauthorized.unverified('another-type');
  if (typeof kid !== 'string' || kid === '' || kid.length > 200) throw Unauthorized.unverified('no-key-id');
  return kid;
}

function tenantOf(token: string): string {
  const { tid } = decoded(() => decodeJwt(token));
  if (typeof tid !== 'string' || !uuid.test(tid)) throw Unauthorized.unverified('no-tenant');
  return tid.toLowerCase();
}

function decoded<Part>(decode: () => Part): Part {
  try {
    return decode();
  } catch {
    throw Unauthorized.unverified('not-a-signed-token');
  }
}
