import { randomUUID } from 'node:crypto';
import { tenants } from '../../../launch/development-token.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import type { HttpClient } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';
import { runChecks } from '../../support/run-checks.js';

let api: TestApi;
let customer: HttpClient;
let operator: HttpClient;
const requests = '/v1/exemption-requests';
const withKey = (key: string) => ({ 'idempotency-key': key });

beforeAll(async () => {
  api = await startTestApi();
  customer = await api.as('customer');
  operator = await api.as('operator');
});
afterAll(() => api.close());

describe('a repeated request with its key (I11)', () => {
  it('is given the same answer, whole, and has one effect', async () => {
    const body = aRequest(await registerSubscription(operator));
    const first = await customer.post(requests, body, withKey('one'));
    // The same body in another order is the same body.
    const reordered = Object.fromEntries(Object.entries(body).toReversed());
    const again = await customer.post(requests, reordered, withKey('one'));
    expect(first.status).toBe(201);
    expect(first.headers.has('idempotent-replayed')).toBe(false);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    for (const name of ['etag', 'location', 'content-type'])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(
      (await customer.get(`${requests}?subscriptionId=${String(body.subscriptionId)}`)).body.items,
    ).toHaveLength(1);
  });

  it('is 422 with another body, and 400 with a key that is none', async () => {
    const body = aRequest(await registerSubscription(operator));
    await customer.post(requests, body, withKey('two'));
    const other = { ...body, relayCannotBeUsed: false };
    const answer = await customer.post(requests, other, withKey('two'));
    expect([answer.status, answer.body.code]).toEqual([422, 'idempotency-key-reused']);
    for (const key of ['x'.repeat(256), 'with space', '']) {
      const bad = await customer.post(requests, body, withKey(key));
      expect([bad.status, bad.body.code]).toEqual([400, 'idempotency-key-invalid']);
    }
  });

  it('is another request when somebody else sends it', async () => {
    const body = aRequest(await registerSubscription(operator));
    await customer.post(requests, body, withKey('three'));
    const colleague = await api.as('customer', { oid: randomUUID() });
    const answer = await colleague.post(requests, body, withKey('three'));
    expect([answer.status, answer.body.code]).toEqual([409, 'live-request-exists']);
  });

  it('is given a kept refusal too: 409 stays 409 after its cause is gone', async () => {
    const body = aRequest(await registerSubscription(operator));
    const { body: live } = await customer.post(requests, body);
    expect((await customer.post(requests, body, withKey('four'))).status).toBe(409);
    await customer.post(`${requests}/${String(live.id)}/withdraw`);
    const again = await customer.post(requests, body, withKey('four'));
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([409, 'true']);
    expect((await customer.post(requests, body, withKey('five'))).status).toBe(201);
  });

  it('is not kept where it was malformed: mended, the same key succeeds', async () => {
    const body = aRequest(await registerSubscription(operator));
    expect((await customer.post(requests, { ...body, oops: 1 }, withKey('six'))).status).toBe(400);
    expect((await customer.post(requests, body, withKey('six'))).status).toBe(201);
  });

  it('is the same request however its path is spelt', async () => {
    const { body } = await customer.post(requests, aRequest(await registerSubscription(operator)));
    const id = String(body.id);
    const first = await customer.post(`${requests}/${id}/withdraw`, {}, withKey('spelt'));
    expect(first.status).toBe(200);
    const escaped = `%${id.charCodeAt(0).toString(16)}${id.slice(1)}`;
    for (const path of [`${id.toUpperCase()}/withdraw`, `${id}/withdraw/`, `${escaped}/withdraw`]) {
      const again = await customer.post(`${requests}/${path}`, {}, withKey('spelt'));
      expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    }
  });

  it('is looked at for scope first: who lost sight of the subscription is told 404', async () => {
    const partner = await api.as('partner');
    const csp = await registerSubscription(operator, {
      offer: { quotaId: 'CSP_2015-05-01' },
      partnerTenantId: tenants.partner,
    });
    const body = aRequest(csp, { onBehalfOf: { customerTenantId: tenants.customer } });
    expect((await partner.post(requests, body, withKey('seven'))).status).toBe(201);
    const relationship = `/v1/admin/partner-relationships/${tenants.partner}/${tenants.customer}`;
    const validFrom = '2020-01-01T00:00:00Z';
    await operator.put(relationship, { status: 'terminated', validFrom });
    expect((await partner.post(requests, body, withKey('seven'))).status).toBe(404);
    await operator.put(relationship, { status: 'active', validFrom });
    expect((await partner.post(requests, body, withKey('seven'))).status).toBe(201);
  });

  it('replays a decision after it was made, before "already approved" is said', async () => {
    const { body } = await customer.post(requests, aRequest(await registerSubscription(operator)));
    await runChecks(api);
    const reviewer = await api.as('reviewer');
    const path = `/v1/admin/exemption-requests/${String(body.id)}`;
    const headers = { 'if-match': (await reviewer.get(path)).headers.get('etag') ?? '', ...withKey('eight') };
    const reason = { reason: 'a mail host of long standing' };
    const first = await reviewer.post(`${path}/approve`, reason, headers);
    const again = await reviewer.post(`${path}/approve`, reason, headers);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
  });

  it('20 at once with one key: one is filed, the others get its answer or 409 (F15)', async () => {
    const body = aRequest(await registerSubscription(operator));
    const all = await Promise.all(
      Array.from({ length: 20 }, () => customer.post(requests, body, withKey('nine'))),
    );
    const ids = new Set(all.filter(({ status }) => status === 201).map((answer) => String(answer.body.id)));
    expect(ids.size).toBe(1);
    for (const answer of all.filter(({ status }) => status !== 201))
      expect([answer.status, answer.body.code]).toEqual([409, 'idempotency-key-in-use']);
  });
});
