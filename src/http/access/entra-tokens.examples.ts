import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

/** A key that signs, and how its public half is told to the world. */
export interface Signer {
  readonly keyId: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function makeSigner(keyId: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { keyId, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid: keyId, use: 'sig' } };
}

export const issuerTemplate = 'https://login.example/{tid}/v2.0';
export const audience = '6f1f6a3e-52a3-4b4e-9d0a-0c9a5b7c1d2e';
export const somebody = '0000000c-0000-4000-8000-00000000000c';
export const now = () => Math.floor(Date.now() / 1000);

/** The claims of an access token (v2.0) of a person in a tenant, as Entra ID writes them. Undefined leaves one out. */
export function entraClaims(tid: string, differs: JWTPayload = {}): JWTPayload {
  return {
    aud: audience,
    iss: issuerTemplate.replace('{tid}', tid),
    iat: now(),
    nbf: now(),
    exp: now() + 4_000,
    azp: '0c8d7c5a-3f55-4a0c-8d7c-4b1f2e3d4c5b',
    azpacr: '0',
    oid: somebody,
    roles: ['Requester'],
    scp: 'access_as_user',
    sub: 'rN3pLx0aT0wHk2cJ5eYb7qUu9dVm4sFg1iZo8',
    tid,
    uti: 'Qm9ndXNVbmlxdWVJZA',
    ver: '2.0',
    ...differs,
  };
}

/** The same for an application in its own name, which has no scopes and is marked by the optional claim `idtyp`. */
export function entraAppClaims(tid: string, differs: JWTPayload = {}): JWTPayload {
  return entraClaims(tid, { azpacr: '1', scp: undefined, idtyp: 'app', sub: somebody, ...differs });
}

/** A whole token. What the header holds can differ from what Entra ID writes there. */
export function signed(
  claims: JWTPayload,
  signer: Signer,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const protectedHeader = { typ: 'JWT', alg: 'RS256', kid: signer.keyId, ...header };
  return new SignJWT(claims).setProtectedHeader(protectedHeader).sign(signer.privateKey);
}
