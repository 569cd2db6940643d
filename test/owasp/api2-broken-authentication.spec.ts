import { randomUUID } from 'node:crypto';
import { UnsecuredJWT, type JWTPayload } from 'jose';
import { personas, tenants } from '../../launch/development-token.js';
import { now, signed } from '../../src/http/access/entra-tokens.examples.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { HttpClient } from '../support/http-client.js';
import { issuerOf, startIdentities, strangerTenant, type Identities } from '../support/identities.js';
import { registerSubscription } from '../support/registry.js';

let identities: Identities;
let api: TestApi;
beforeAll(async () => {
  identities = await startIdentities();
  api = await startTestApi(identities.env);
});
afterAll(async () => {
  await api.close();
  await identities.keyServer.close();
});

const mine = '/v1/subscriptions';
const queue = '/v1/admin/exemption-requests';
const { customer, partner, platform } = tenants;

/** Status and code of an answer to a token. */
async function answerTo(token: string, path = mine): Promise<string> {
  const { status, body } = await new HttpClient(api.url, token).get(path);
  return status === 200 ? '200' : `${String(status)} ${String(body.code)}`;
}

const signedBy = (name: keyof Identities['signers'], claims: JWTPayload) =>
  signed(claims, identities.signers[name]);

describe('API2:2023 a token of a tenant that nobody registered', () => {
  it('is refused although it is perfectly valid and its keys can be had; nobody asks for them', async () => {
    const { claims, keyServer } = identities;
    const valid = await signedBy('stranger', claims(strangerTenant));
    expect(await answerTo(valid)).toBe('401 token-invalid');
    expect(keyServer.asked(strangerTenant)).toBe(0);
    // The same token is good the moment its tenant is registered: nothing else was wrong with it.
    const operator = await api.as('operator');
    await operator.put(`/v1/admin/tenants/${strangerTenant}`, { kind: 'customer', name: 'Northwind' });
    expect(await answerTo(valid)).toBe('200');
    expect(keyServer.asked(strangerTenant)).toBe(1);
  });

  it('is refused with the platform’s roles in it, and when it calls itself another tenant’s', async () => {
    const nobody = randomUUID();
    const { claims } = identities;
    const roles = ['Reviewer', 'Approver', 'Operator'];
    for (const tid of [nobody, customer, platform])
      for (const iss of [issuerOf(nobody), issuerOf(tid)])
        expect(await answerTo(await signedBy('stranger', claims(tid, { iss, roles })), queue)).toBe(
          '401 token-invalid',
        );
  });

  it('is no lever, however many are invented at once: whoever is known is served meanwhile (I16)', async () => {
    const { claims, keyServer } = identities;
    const known = await identities.tokenOf('customer');
    expect(await answerTo(known)).toBe('200');
    const before = keyServer.asked();
    const tokens = await Promise.all(
      Array.from({ length: 250 }, () => signedBy('stranger', claims(randomUUID()))),
    );
    const flood = Promise.all(tokens.map((token) => answerTo(token)));
    for (let again = 0; again < 5; again += 1) expect(await answerTo(known)).toBe('200');
    for (const answer of await flood) expect(['401 token-invalid', '503 unavailable']).toContain(answer);
    expect(keyServer.asked()).toBe(before);
  });

  it('is answered in the same words as a forged one of a registered tenant', async () => {
    const told = new Set<string>();
    const { claims, signers } = identities;
    for (const tid of [randomUUID(), customer, partner, platform]) {
      const forged = await signed(claims(tid), { ...signers.stranger, keyId: 'nobodys' });
      const { status, headers, body } = await new HttpClient(api.url, forged).get(mine);
      told.add(JSON.stringify([status, headers.get('www-authenticate'), { ...body, traceId: '' }]));
    }
    expect([...told]).toHaveLength(1);
  });
});

describe('API2:2023 a token is refused', () => {
  it('of one registered tenant, signed by another registered tenant’s key', async () => {
    const { claims, signers } = identities;
    expect(await answerTo(await signedBy('customer', claims(customer)))).toBe('200');
    expect(await answerTo(await signedBy('partner', claims(partner)))).toBe('200');
    expect(await answerTo(await signedBy('partner', claims(customer)))).toBe('401 token-invalid');
    expect(await answerTo(await signedBy('customer', claims(platform)), queue)).toBe('401 token-invalid');
    const disguised = { ...signers.partner, keyId: signers.customer.keyId };
    expect(await answerTo(await signed(claims(customer), disguised))).toBe('401 token-invalid');
  });

  it.each<[what: string, differs: JWTPayload, refused: string]>([
    ['for another audience', { aud: 'api://another' }, '401 token-invalid'],
    ['for several audiences', { aud: ['api://postern', 'api://another'] }, '401 token-invalid'],
    ['by another issuer', { iss: 'https://login.evil.example/v2.0' }, '401 token-invalid'],
    ['by another tenant’s issuer', { iss: issuerOf(partner) }, '401 token-invalid'],
    ['by an issuer of version 1.0', { iss: `https://sts.windows.net/${customer}/` }, '401 token-invalid'],
    ['that has expired', { exp: now() - 90, iat: now() - 900 }, '401 token-expired'],
    ['that is not valid yet', { nbf: now() + 90 }, '401 token-invalid'],
    ['that never ends', { exp: undefined }, '401 token-invalid'],
    ['that names no person', { oid: undefined }, '401 token-invalid'],
    ['that names an e-mail address', { oid: 'admin@contoso.example' }, '401 token-invalid'],
    ['that is an identity token', { scp: undefined }, '401 token-invalid'],
  ])('%s', async (_what, differs, refused) => {
    expect(await answerTo(await signedBy('customer', identities.claims(customer, differs)))).toBe(refused);
  });

  it.each<[what: string, header: Readonly<Record<string, unknown>>]>([
    ['without a key id', { kid: undefined }],
    ['with an unknown key id', { kid: 'nobodys' }],
    ['with a key id that is a path', { kid: '../../dev-key.json' }],
    ['with the development issuer’s key id', { kid: 'postern-development-forged' }],
  ])('%s', async (_what, header) => {
    const { claims, signers } = identities;
    expect(await answerTo(await signed(claims(customer), signers.customer, header))).toBe(
      '401 token-invalid',
    );
  });

  it('that is not signed, or that was changed', async () => {
    const claims = identities.claims(customer);
    expect(await answerTo(new UnsecuredJWT(claims).encode())).toBe('401 token-invalid');
    const [head = '', , signature = ''] = (await signedBy('customer', claims)).split('.');
    const other = Buffer.from(JSON.stringify({ ...claims, oid: randomUUID() })).toString('base64url');
    expect(await answerTo(`${head}.${other}.${signature}`)).toBe('401 token-invalid');
  });

  it('anywhere but in the header: a token in the query is none', async () => {
    const token = await identities.tokenOf('customer');
    const { status, body } = await api.nobody.get(`${mine}?access_token=${token}`);
    expect([status, body.code]).toEqual([401, 'token-missing']);
  });
});

describe('API2:2023 what a token is good for', () => {
  it('platform roles from the platform’s own tenant, the requester’s from any other (I12)', async () => {
    const { tokenOf } = identities;
    const roles = ['Requester', 'Reviewer', 'Approver', 'AbuseAnalyst', 'Auditor', 'Operator', 'Ingest'];
    expect(await answerTo(await tokenOf('customer', { roles }), queue)).toBe('403 role-missing');
    expect(await answerTo(await tokenOf('partner', { roles }), queue)).toBe('403 role-missing');
    expect(await answerTo(await tokenOf('reviewer'), queue)).toBe('200');
    const requester = await tokenOf('reviewer', { roles: ['Requester'] });
    expect(await answerTo(requester, mine)).toBe('403 role-missing');
    expect(await answerTo(await tokenOf('reviewer', { roles: 'Reviewer' }), queue)).toBe('403 role-missing');
  });

  it('the feed’s for an application alone, and a person’s for a person alone (I5)', async () => {
    const { tokenOf } = identities;
    const registering = async (token: string) =>
      registerSubscription(new HttpClient(api.url, token)).then(
        () => 'registered',
        (error: unknown) => String(error),
      );
    expect(await registering(await tokenOf('ingest'))).toBe('registered');
    const person = { idtyp: undefined, scp: 'access_as_user' };
    expect(await registering(await tokenOf('ingest', person))).toContain('403');
    const application = { idtyp: 'app', scp: undefined };
    for (const persona of ['reviewer', 'approver', 'analyst', 'auditor', 'operator'] as const)
      expect(await answerTo(await tokenOf(persona, application), queue)).toBe('403 role-missing');
    expect(await registering(await tokenOf('operator', application))).toContain('403');
  });

  it('is told in the challenge: none sent, a bad one, one that may not (RFC 6750)', async () => {
    const challenge = async (client: HttpClient, path = mine) =>
      (await client.get(path)).headers.get('www-authenticate');
    const customerToken = await identities.tokenOf('customer');
    expect(await challenge(api.nobody)).toBe('Bearer realm="postern"');
    expect(await challenge(new HttpClient(api.url, 'nonsense'))).toBe(
      'Bearer realm="postern", error="invalid_token"',
    );
    expect(await challenge(new HttpClient(api.url, customerToken), queue)).toBe(
      'Bearer realm="postern", error="insufficient_scope"',
    );
  });

  it('who somebody is, is tenant and object id: the same object id in two tenants is two people', async () => {
    const oid = personas.customer.oid;
    const operator = await api.as('operator');
    const subscriptionId = await registerSubscription(operator);
    const path = `${mine}/${subscriptionId}`;
    expect(await answerTo(await identities.tokenOf('customer'), path)).toBe('200');
    const namesake = await signedBy('stranger', identities.claims(strangerTenant, { oid }));
    expect(await answerTo(namesake, path)).toBe('404 not-found');
  });
});
