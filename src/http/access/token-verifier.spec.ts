import {
  exportSPKI,
  generateKeyPair,
  importJWK,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
  type JWTPayload,
} from 'jose';
import { Unauthorized } from '../problems/unauthorized.js';
import { entraClaims, now, signed } from './entra-tokens.examples.js';
import { startKeyServer } from './key-server.examples.js';
import {
  partnerTenant,
  platform,
  startVerifier,
  stranger,
  tenant,
  type ExampleVerifier,
} from './verifier.examples.js';

const unknownKey = 'token-invalid: ERR_JWKS_NO_MATCHING_KEY';

let example: ExampleVerifier;
beforeAll(async () => {
  example = await startVerifier();
});
afterAll(() => example.server.close());

describe('no token', () => {
  it.each<[what: string, authorization: string | undefined, refused: string]>([
    ['none', undefined, 'token-missing: no-token'],
    ['another scheme', 'Basic dXNlcjpwYXNz', 'token-missing: no-token'],
    ['two words', 'Bearer a b', 'token-missing: no-token'],
    ['no form of a token', 'Bearer nonsense', 'token-invalid: not-a-signed-token'],
    ['three parts of nonsense', 'Bearer a.b.c', 'token-invalid: not-a-signed-token'],
    ['five parts, an encrypted one', 'Bearer e30.YQ.YQ.YQ.YQ', 'token-invalid: not-a-signed-token'],
  ])('%s', async (_what, authorization, refused) => {
    expect(await example.refusal(authorization)).toBe(refused);
  });

  it('that is longer than 16 kB is read', async () => {
    const long = entraClaims(tenant, { groups: 'x'.repeat(12_300) });
    expect(await example.refusalOf(long)).toBe('token-invalid: too-long');
    expect(await example.refusal(`Bearer ${'['.repeat(1_000_000)}`)).toBe('token-invalid: too-long');
  });
});

describe('a signature that does not hold', () => {
  const forged = 'token-invalid: ERR_JWS_SIGNATURE_VERIFICATION_FAILED';

  it('by another key under a example.known id', async () => {
    expect(await example.refusalOf(entraClaims(tenant), { ...example.other, keyId: 'known' })).toBe(forged);
  });

  it('by a registered tenant’s key, for another registered tenant', async () => {
    expect(await example.refusalOf(entraClaims(tenant), example.other)).toBe(unknownKey);
  });

  it('by a key without an id, or under one that nobody knows', async () => {
    expect(await example.refusalOf(entraClaims(tenant), example.known, { kid: undefined })).toBe(
      'token-invalid: no-key-id',
    );
    expect(await example.refusalOf(entraClaims(tenant), example.known, { kid: '' })).toBe(
      'token-invalid: no-key-id',
    );
    expect(await example.refusalOf(entraClaims(tenant), example.known, { kid: 'x' })).toBe(unknownKey);
  });

  it('because there is none', async () => {
    const unsigned = new UnsecuredJWT(entraClaims(tenant)).encode();
    expect(await example.refusal(`Bearer ${unsigned}`)).toBe('token-invalid: not-a-signed-token');
    expect(await example.refusal(`Bearer ${unsigned}YQ`)).toBe('token-invalid: not-rs256');
    const [head = '', body = ''] = (await signed(entraClaims(tenant), example.known)).split('.');
    expect(await example.refusal(`Bearer ${head}.${body}.`)).toBe('token-invalid: not-a-signed-token');
    expect(await example.refusal(`Bearer ${head}.${body}.AA`)).toBe(forged);
  });

  it('because the payload is elsewhere', async () => {
    const [head = '', , signature = ''] = (await signed(entraClaims(tenant), example.known)).split('.');
    expect(await example.refusal(`Bearer ${head}..${signature}`)).toBe('token-invalid: not-a-signed-token');
  });

  it('with the public key as a shared secret', async () => {
    const key = (await importJWK(example.known.publicJwk, 'RS256', { extractable: true })) as CryptoKey;
    const secret = new TextEncoder().encode(await exportSPKI(key));
    const header = { alg: 'HS256', kid: 'known' };
    const hashed = await new SignJWT(entraClaims(tenant)).setProtectedHeader(header).sign(secret);
    expect(await example.refusal(`Bearer ${hashed}`)).toBe('token-invalid: not-rs256');
  });

  it.each(['PS256', 'RS512', 'ES256'])('by %s, another way of signing', async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    const token = await new SignJWT(entraClaims(tenant))
      .setProtectedHeader({ alg, kid: 'known' })
      .sign(privateKey);
    expect(await example.refusal(`Bearer ${token}`)).toBe('token-invalid: not-rs256');
  });

  it('because something was changed after it was signed', async () => {
    const [head = '', , signature = ''] = (await signed(entraClaims(tenant), example.known)).split('.');
    const payload = JSON.stringify(entraClaims(tenant, { roles: ['Approver'] }));
    const changed = `Bearer ${head}.${Buffer.from(payload).toString('base64url')}.${signature}`;
    expect(await example.refusal(changed)).toBe(forged);
  });

  it('because its header brings the key along, or says where one lies: nobody looks there', async () => {
    const elsewhere = await startKeyServer([example.other.publicJwk]);
    try {
      const url = elsewhere.template;
      const mine = { ...example.other, keyId: 'known' };
      for (const header of [{ jwk: example.other.publicJwk }, { jku: url }, { x5u: url }, { x5c: ['AAAA'] }])
        expect(await example.refusalOf(entraClaims(tenant), mine, header)).toBe(forged);
      expect(elsewhere.asked()).toBe(0);
    } finally {
      await elsewhere.close();
    }
  });

  it('because its header demands what nobody here understands', async () => {
    const token = (await signed(entraClaims(tenant), example.known)).split('.');
    for (const more of [{ crit: ['exp'], exp: 1 }, { crit: [] }, { crit: ['b64'], b64: false }]) {
      const header = JSON.stringify({ alg: 'RS256', kid: 'known', ...more });
      const head = Buffer.from(header).toString('base64url');
      expect(await example.refusal(`Bearer ${[head, ...token.slice(1)].join('.')}`)).toMatch(
        /^token-invalid: ERR_J/,
      );
    }
  });

  it('because it was made for another end', async () => {
    for (const typ of ['dpop+jwt', 'logout+jwt', 'JWE', 7])
      expect(await example.refusalOf(entraClaims(tenant), example.known, { typ })).toBe(
        'token-invalid: another-type',
      );
  });

  it('around another token', async () => {
    const inner = await signed(entraClaims(tenant), example.known);
    const nested = await signed({ jwt: inner }, example.known, { cty: 'JWT' });
    expect(await example.refusal(`Bearer ${nested}`)).toBe('token-invalid: no-tenant');
  });
});

describe('what a refusal tells', () => {
  it('whoever cannot sign: always the same, whether the tenant is registered or not', async () => {
    const told = new Set<string>();
    for (const tid of [tenant, partnerTenant, stranger, platform])
      for (const differs of [{}, { aud: 'else' }, { exp: 1 }, { oid: 'x' }])
        await example
          .verified(entraClaims(tid, differs), { ...example.other, keyId: 'mine' })
          .catch((error: unknown) =>
            told.add(error instanceof Unauthorized ? `${error.code} ${error.message}` : String(error)),
          );
    expect([...told]).toEqual([expect.stringContaining('its tenant is not registered')]);
  });

  it('whoever holds a token of their tenant’s: what is wrong with it, and what to do', async () => {
    const message = async (differs: JWTPayload) =>
      example.verified(entraClaims(tenant, differs)).catch((error: unknown) => String(error));
    expect(await message({ aud: 'else' })).toContain('for this service alone');
    expect(await message({ iss: `https://sts.windows.net/${tenant}/` })).toContain('version 2.0');
    expect(await message({ nbf: now() + 600 })).toContain('Look at the clock');
    expect(await message({ scp: undefined })).toContain('optional claim idtyp');
  });
});
