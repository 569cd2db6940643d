import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { startKeyServer, type KeyServer } from './key-server.examples.js';
import { SigningKeys } from './signing-keys.js';
import { KeysUnavailable } from './tenant-keys.js';
import { TokenVerifier } from './token-verifier.js';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
const tenant = '0000000a-0000-4000-8000-00000000000a';
const partnerTenant = '0000000b-0000-4000-8000-00000000000b';
const platform = '00000001-0000-4000-8000-000000000001';
const oid = '0000000c-0000-4000-8000-00000000000c';
const issuerTemplate = 'https://login.example/{tid}/v2.0';
const rules = { audience: 'api://postern', issuerTemplate, platformTenantId: platform };

const tenants = {
  run: async (tenantId: string) => {
    if (tenantId === tenant) return { tenantId, kind: 'customer', name: 'Contoso' } as const;
    if (tenantId === partnerTenant) return { tenantId, kind: 'partner', name: 'Fabrikam' } as const;
    return null;
  },
};

let known: Pair;
let other: Pair;
let server: KeyServer;
const jwkOf = async ({ publicKey }: Pair, kid: string) => ({ ...(await exportJWK(publicKey)), kid });

beforeAll(async () => {
  [known, other] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
  ]);
});
beforeEach(async () => {
  server = await startKeyServer([await jwkOf(known, 'known')]);
});
afterEach(() => server.close());

interface Signing {
  readonly kid?: string;
  readonly alg?: string;
  readonly key?: Parameters<SignJWT['sign']>[0];
}

const now = () => Math.floor(Date.now() / 1000);

function payload(differs: JWTPayload = {}): JWTPayload {
  const tid = typeof differs.tid === 'string' ? differs.tid : tenant;
  const iss = issuerTemplate.replace('{tid}', tid);
  return {
    tid,
    oid,
    roles: ['Requester'],
    iss,
    aud: rules.audience,
    iat: now(),
    exp: now() + 600,
    ...differs,
  };
}

async function token(differs: JWTPayload = {}, { kid = 'known', alg = 'RS256', key }: Signing = {}) {
  const signed = new SignJWT(payload(differs)).setProtectedHeader({ alg, kid });
  return `Bearer ${await signed.sign(key ?? known.privateKey)}`;
}

function verifier(cooldownMs?: number, developmentDir: string | null = null): TokenVerifier {
  const cooldown = cooldownMs === undefined ? {} : { cooldownMs };
  const keys = new SigningKeys({ keysTemplate: server.template, developmentDir, ...cooldown });
  return new TokenVerifier(tenants, keys, rules);
}

async function refusal(authorization: string | undefined, by = verifier()): Promise<string> {
  const [outcome] = await Promise.allSettled([by.verify(authorization)]);
  if (outcome.status === 'fulfilled') return 'accepted';
  return (outcome.reason as { readonly code?: string }).code ?? String(outcome.reason);
}

describe('a token that holds', () => {
  it('names its caller by tenant and person, with the roles that are known', async () => {
    const { caller } = await verifier().verify(
      await token({ roles: ['Requester', 'GlobalAdmin'], idtyp: 'app' }),
    );
    expect(caller).toEqual({
      kind: 'caller',
      tenantKind: 'customer',
      tenantId: tenant,
      objectId: oid,
      roles: ['Requester'],
      appOnly: true,
    });
  });

  it('is looked at without regard to the case of its ids', async () => {
    const iss = issuerTemplate.replace('{tid}', tenant);
    const { caller } = await verifier().verify(
      await token({ tid: tenant.toUpperCase(), oid: oid.toUpperCase(), iss }),
    );
    expect([caller.tenantId, caller.objectId]).toEqual([tenant, oid]);
  });

  it('comes from a partner, or from the platform’s own tenant, which needs no registration', async () => {
    expect((await verifier().verify(await token({ tid: partnerTenant }))).caller.tenantKind).toBe('partner');
    expect((await verifier().verify(await token({ tid: platform }))).caller.tenantKind).toBe('platform');
  });

  it('may be 60 seconds late, and no more (F13)', async () => {
    expect(await refusal(await token({ exp: now() - 50 }))).toBe('accepted');
    expect(await refusal(await token({ exp: now() - 70 }))).toBe('token-expired');
  });
});

describe('a token that does not hold is refused', () => {
  it.each<[what: string, authorization: string | undefined, code: string]>([
    ['none', undefined, 'token-missing'],
    ['another scheme', 'Basic dXNlcjpwYXNz', 'token-missing'],
    ['two words', 'Bearer a b', 'token-missing'],
    ['no token at all', 'Bearer nonsense', 'token-invalid'],
  ])('%s', async (_what, authorization, code) => {
    expect(await refusal(authorization)).toBe(code);
  });

  it.each<[what: string, differs: JWTPayload, code: string]>([
    ['a tenant nobody registered', { tid: '0000000d-0000-4000-8000-00000000000d' }, 'tenant-not-registered'],
    ['no tenant', { tid: '', iss: 'x' }, 'token-invalid'],
    [
      'the issuer of another tenant',
      { iss: issuerTemplate.replace('{tid}', partnerTenant) },
      'token-invalid',
    ],
    ['an issuer of the older form', { iss: `https://sts.example/${tenant}/` }, 'token-invalid'],
    ['another audience', { aud: 'api://else' }, 'token-invalid'],
    ['no audience', { aud: undefined }, 'token-invalid'],
    ['no expiry', { exp: undefined }, 'token-invalid'],
    ['nobody', { oid: undefined }, 'token-invalid'],
    ['a time to come', { nbf: now() + 600 }, 'token-invalid'],
  ])('%s', async (_what, differs, code) => {
    expect(await refusal(await token(differs))).toBe(code);
  });

  it('signed by another key under a known id', async () => {
    expect(await refusal(await token({}, { key: other.privateKey }))).toBe('token-invalid');
  });

  it('without a signature', async () => {
    expect(await refusal(`Bearer ${new UnsecuredJWT(payload()).encode()}`)).toBe('token-invalid');
  });

  it('signed with the public key as a shared secret, or by another algorithm', async () => {
    const secret = new TextEncoder().encode(await exportSPKI(known.publicKey));
    expect(await refusal(await token({}, { alg: 'HS256', key: secret }))).toBe('token-invalid');
    const pss = await generateKeyPair('PS256', { extractable: true });
    server.serve([await jwkOf(pss, 'pss')]);
    expect(await refusal(await token({}, { alg: 'PS256', kid: 'pss', key: pss.privateKey }))).toBe(
      'token-invalid',
    );
  });

  it('changed after it was signed', async () => {
    const [header = '', , signature = ''] = (await token()).split('.');
    const forged = Buffer.from(JSON.stringify(payload({ roles: ['Approver'] }))).toString('base64url');
    expect(await refusal(`${header}.${forged}.${signature}`)).toBe('token-invalid');
  });
});

describe('keys (F19)', () => {
  it('that were rotated are fetched once their id is seen', async () => {
    const one = verifier(0);
    expect(await refusal(await token(), one)).toBe('accepted');
    server.serve([await jwkOf(other, 'new')]);
    expect(await refusal(await token({}, { kid: 'new', key: other.privateKey }), one)).toBe('accepted');
    expect(await refusal(await token(), one)).toBe('token-invalid');
  });

  it('cost one fetch a cool-down, whatever 10,000 unknown ids say', async () => {
    const find = new SigningKeys({ keysTemplate: server.template, developmentDir: null }).forTenant(tenant);
    const nothing = { payload: '', signature: '' };
    const all = Array.from({ length: 10_000 }, async (_, index) =>
      find({ alg: 'RS256', kid: `k${String(index)}` }, nothing),
    );
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(server.asked()).toBe(1);
  });

  it('go on while their server is away; an unknown one is nobody’s fault then, and costs one fetch', async () => {
    const one = verifier(0);
    expect(await refusal(await token(), one)).toBe('accepted');
    server.serve(null);
    const unknown = await token({}, { kid: 'new', key: other.privateKey });
    for (let again = 0; again < 5; again += 1) {
      await expect(one.verify(unknown)).rejects.toBeInstanceOf(KeysUnavailable);
      expect(await refusal(await token(), one)).toBe('accepted');
    }
    expect(server.asked()).toBe(2);
  });

  it('that were never fetched make nobody a liar: unavailable, not invalid', async () => {
    server.serve(null);
    await expect(verifier().verify(await token())).rejects.toBeInstanceOf(KeysUnavailable);
  });

  it('of development are found when they are made later, replaced, and never trusted in production', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'postern-keys-'));
    try {
      const one = verifier(undefined, directory);
      const lay = async (pair: Pair, kid: string) =>
        writeFileSync(path.join(directory, 'dev-key.json'), JSON.stringify(await jwkOf(pair, kid)));
      const first = await token({}, { kid: 'postern-development-1' });
      const second = await token({}, { kid: 'postern-development-2', key: other.privateKey });
      expect(await refusal(first, one)).toBe('token-invalid');
      await lay(known, 'postern-development-1');
      expect(await refusal(first, one)).toBe('accepted');
      await lay(other, 'postern-development-2');
      expect(await refusal(second, one)).toBe('accepted');
      expect(await refusal(second, verifier())).toBe('token-invalid');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
