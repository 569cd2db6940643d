import { uuidOf } from './varied.js';

/**
 * The principal of a bearer token, as logs and refusals name it: what the claims say where it is a JSON Web Token (any
 * signature is believed, this is no cloud), else an id that the same token always gives. The token itself shows nowhere.
 */
export function callerOf(authorization: string | undefined): string {
  const token = /^Bearer\s+(\S.*)$/i.exec(authorization ?? '')?.[1] ?? '';
  const claims = claimsOf(token);
  for (const name of ['upn', 'unique_name', 'oid', 'appid', 'azp']) {
    const value = claims[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return uuidOf(token);
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload] = token.split('.');
  if (payload === undefined) return {};
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {}; // a token of another kind
  }
}
