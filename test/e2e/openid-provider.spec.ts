import { randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { until } from '../../launch/demo/desk.js';
import { tenants } from '../../launch/development-token.js';
import { HttpClient } from '../support/http-client.js';
import { OpenIdCloud } from '../support/openid-cloud.js';
import { startPostern, type Postern } from '../support/postern.js';
import { aRequest } from '../support/registry.js';

const stranger = '00000000-0000-4000-8000-00000000dead';
const one = (role: string) => ({ oid: randomUUID(), roles: [role] });
const principals = {
  [tenants.platform]: { reviewer: one('Reviewer'), operator: one('Operator'), feed: one('Ingest') },
  [tenants.customer]: { anna: one('Requester'), greedy: one('Approver') },
  [tenants.partner]: { paul: one('Requester') },
  [stranger]: { sven: one('Requester') },
};

let cloud: OpenIdCloud;
let postern: Postern;
beforeAll(async () => {
  cloud = await OpenIdCloud.start(principals);
  postern = await startPostern({
    env: { ...cloud.env, TOKEN_KEYS_COOLDOWN_SECONDS: '0.1' },
    truthNotHeldBecause: 'it takes the tokens of another provider, and nothing is enforced here',
  });
});
afterAll(async () => {
  await postern.stop();
  await cloud.close();
});

const { platform, customer, partner } = tenants;
const client = (token: string) => new HttpClient(postern.apiUrl, token);
const person = async (tenantId: string, name: string) =>
  client((await cloud.signIn(tenantId, name)).access_token);
const application = async (tenantId: string, name: string) =>
  client(await cloud.applicationToken(tenantId, name));

const subscriptions = '/v1/subscriptions';
const queue = '/v1/admin/exemption-requests';
const statusOf = async (token: string, path = subscriptions) => (await client(token).get(path)).status;

/** A subscription in the cloud, which the feed tells the desk of. */
async function aSubscription(): Promise<string> {
  const id = randomUUID();
  await postern.cloud.createSubscription(id, customer, 'PayAsYouGo_2014-09-01', 'Example');
  const feed = await application(platform, 'feed');
  const told = await feed.put(`/v1/admin/subscriptions/${id}`, {
    tenantId: customer,
    displayName: 'Example',
    offer: { quotaId: 'PayAsYouGo_2014-09-01' },
    createdAt: '2024-03-01T00:00:00Z',
    state: 'Enabled',
    billing: { paidInvoicesUsd: 2_000, firstInvoicePaidAt: '2024-05-01T00:00:00Z', pastDue: false },
  });
  expect(told.status).toBe(201);
  return id;
}

describe('with a real OpenID provider for each tenant', () => {
  it('issuer and keys are where the settings say, and tokens look like Entra ID’s', async () => {
    const { issuer, jwks_uri } = await cloud.discovered(customer);
    expect(issuer).toBe(cloud.env['TOKEN_ISSUER_TEMPLATE']?.replace('{tid}', customer));
    expect(jwks_uri).toBe(cloud.env['TOKEN_KEYS_TEMPLATE']?.replace('{tid}', customer));
    const { access_token } = await cloud.signIn(customer, 'anna');
    const { oid } = principals[customer].anna;
    expect(decodeProtectedHeader(access_token)).toMatchObject({ alg: 'RS256', kid: `${customer}-1` });
    const delegated = { tid: customer, oid, roles: ['Requester'], scp: 'access_as_user', ver: '2.0' };
    expect(decodeJwt(access_token)).toMatchObject({ iss: issuer, aud: 'api://postern', ...delegated });
    const appOnly = decodeJwt(await cloud.applicationToken(platform, 'feed'));
    expect(appOnly).toMatchObject({ idtyp: 'app', roles: ['Ingest'] });
    expect(appOnly['scp']).toBeUndefined();
  });

  it('tenants are registered, the feed tells of a subscription, its owner files, and an engineer decides', async () => {
    const operator = await person(platform, 'operator');
    for (const [tenantId, kind] of [
      [customer, 'customer'],
      [partner, 'partner'],
    ] as const)
      expect((await operator.put(`/v1/admin/tenants/${tenantId}`, { kind, name: kind })).status).toBeLessThan(
        300,
      );
    const subscriptionId = await aSubscription();
    const anna = await person(customer, 'anna');
    const filed = await anna.post('/v1/exemption-requests', aRequest(subscriptionId));
    expect(filed.status).toBe(201);
    const page = `${queue}/${String(filed.body.id)}`;
    const reviewer = await person(platform, 'reviewer');
    const shown = await until(
      'the checks to end',
      () => reviewer.get(page),
      ({ body }) => body.state === 'reviewing',
    );
    const decision = [{ reason: 'Fine.' }, { 'if-match': shown.headers.get('etag') ?? '' }] as const;
    // The same roles in an application's hands decide nothing.
    const robot = await application(platform, 'reviewer');
    expect((await robot.post(`${page}/approve`, ...decision)).status).toBe(403);
    expect((await reviewer.post(`${page}/approve`, ...decision)).status).toBe(200);
    expect((await anna.get(`/v1/exemption-requests/${String(filed.body.id)}`)).body.state).toBe('approved');
    const paul = await person(partner, 'paul');
    expect((await paul.get(`/v1/exemption-requests/${String(filed.body.id)}`)).status).toBe(404);
  });

  it('nobody gets in by a token of an unregistered tenant, an identity token, or a role of the wrong tenant', async () => {
    const sven = await cloud.signIn(stranger, 'sven');
    expect(await statusOf(sven.access_token)).toBe(401);
    const anna = await cloud.signIn(customer, 'anna');
    expect([await statusOf(anna.access_token), await statusOf(anna.id_token)]).toEqual([200, 401]);
    const { access_token: greedy } = await cloud.signIn(customer, 'greedy');
    expect(await statusOf(greedy, queue)).toBe(403);
    expect(await statusOf((await cloud.signIn(platform, 'feed')).access_token, queue)).toBe(403);
  });

  it('a provider rotates its keys: nobody is thrown out, and withdrawn keys end (F19)', async () => {
    const { access_token: old } = await cloud.signIn(customer, 'anna');
    expect(await statusOf(old)).toBe(200);
    await cloud.tenant(customer).rotate();
    const { access_token: fresh } = await cloud.signIn(customer, 'anna');
    expect(decodeProtectedHeader(fresh).kid).toBe(`${customer}-2`);
    await until(
      'the new key to be known',
      () => statusOf(fresh),
      (status) => status === 200,
    );
    expect(await statusOf(old)).toBe(200);
    await cloud.tenant(customer).rotate();
    cloud.tenant(customer).withdrawOldKeys();
    const { access_token: newest } = await cloud.signIn(customer, 'anna');
    await until(
      'the newest key to be known',
      () => statusOf(newest),
      (status) => status === 200,
    );
    expect([await statusOf(fresh), await statusOf(old)]).toEqual([401, 401]);
    expect(await statusOf((await cloud.signIn(platform, 'reviewer')).access_token, queue)).toBe(200);
  });
});
