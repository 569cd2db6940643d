import { randomUUID } from 'node:crypto';
import { tenants } from '../../launch/development-token.js';
import { startTestApi, type TestApi } from '../support/api.js';
import type { HttpClient } from '../support/http-client.js';
import { aRequest, registerSubscription } from '../support/registry.js';
import { runChecks } from '../support/run-checks.js';

/** The flow worth automating is to be granted: what a machine may file a thousand times must gain it nothing. */
let api: TestApi;
let customer: HttpClient;
let operator: HttpClient;
let reviewer: HttpClient;
const requests = '/v1/exemption-requests';

// A pack that grants by rule: here a flood would pay most.
beforeEach(() => start());
afterEach(() => api.close());

async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
  api = await startTestApi({ POLICY_PACK: 'P4', ...env });
  customer = await api.as('customer');
  operator = await api.as('operator');
  reviewer = await api.as('reviewer');
}

const offer = { quotaId: 'PayAsYouGo_2014-09-01', offerId: 'MS-AZR-0003P' };
const sending = { kinds: ['transactional'], domains: ['mail.example.com'], dailyVolume: 100 };
const clean = { sending: { ...sending, publicAddresses: ['203.0.113.7'] } };
const subscriptions = (count: number) =>
  Promise.all(Array.from({ length: count }, () => registerSubscription(operator, { offer })));
const file = (ids: readonly string[]) =>
  customer.post(`${requests}/batch`, { requests: ids.map((id) => aRequest(id, clean)) });
const states = async () =>
  ((await customer.get(`${requests}?limit=200`)).body.items as { state: string }[]).map(({ state }) => state);

describe('filing by machine (OWASP API6)', () => {
  it('is granted by rule for one, and looked at by a human for a burst, in bulk as one by one', async () => {
    await file(await subscriptions(1));
    await runChecks(api);
    expect(await states()).toEqual(['approved']);
    await file(await subscriptions(20));
    await runChecks(api);
    expect(new Set((await states()).slice(0, 20))).toEqual(new Set(['reviewing']));
  });

  it('is not made harmless by withdrawing: what was taken back counts', async () => {
    const [id = ''] = await subscriptions(1);
    for (let times = 0; times < 5; times += 1) {
      const { body } = await customer.post(requests, aRequest(id, clean));
      expect((await customer.post(`${requests}/${String(body.id)}/withdraw`)).status).toBe(200);
    }
    await file(await subscriptions(1));
    await runChecks(api);
    expect((await states())[0]).toBe('reviewing');
  });

  it('gets one live request a subscription, however many are in one batch', async () => {
    const [id = ''] = await subscriptions(1);
    const { body } = await file(Array.from({ length: 50 }, () => id));
    expect([body.filed, body.notFiled]).toEqual([1, 49]);
    expect(await states()).toHaveLength(1);
  });

  it('waits after a denial, in a batch, too', async () => {
    const [id = '', other = ''] = await subscriptions(2);
    const { body } = await customer.post(requests, aRequest(id)); // nothing said of addresses: a human looks
    await runChecks(api);
    const page = `/v1/admin/exemption-requests/${String(body.id)}`;
    const etag = (await reviewer.get(page)).headers.get('etag') ?? '';
    const denial = { reasonCode: 'volume-implausible', internalReason: 'does not fit' };
    expect((await reviewer.post(`${page}/deny`, denial, { 'if-match': etag })).status).toBe(200);
    const again = await file([id, other]);
    expect(again.body.items[0]).toMatchObject({ status: 422, problem: { code: 'cooling-down' } });
    expect(again.body.items[1].status).toBe(201);
  });

  it('is paid for by the request: a batch beyond what the minute has left is refused whole', async () => {
    await api.close();
    await start({ RATE_LIMIT_PRINCIPAL: '200' });
    const { status, headers, body } = await file(Array.from({ length: 50 }, () => randomUUID()));
    expect([status, body.code]).toEqual([429, 'rate-limited']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('asking for proofs by machine (OWASP API6)', () => {
  it('makes the product ask the cloud for one tag at a time', async () => {
    const [id = ''] = await subscriptions(1);
    const path = `/v1/subscriptions/${id}/control-proofs`;
    const asked = await Promise.all(Array.from({ length: 20 }, () => customer.post(path)));
    expect(asked.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(
      asked.filter(({ status, body }) => status === 409 && body.code === 'control-proof-open'),
    ).toHaveLength(19);
  });
});

describe('deciding by machine (OWASP API6)', () => {
  it('is nobody’s who files, and no application’s', async () => {
    const { body } = await file(await subscriptions(1));
    const page = `/v1/admin/exemption-requests/${String(body.items[0].id)}`;
    const application = await api.as('reviewer', { roles: ['Reviewer'], tenant: tenants.customer });
    for (const who of [customer, application]) {
      const { status } = await who.post(`${page}/approve`, { reason: 'Mine.' }, { 'if-match': '"1"' });
      expect(status).toBe(403);
    }
  });
});
