import { randomUUID } from 'node:crypto';
import { startTestApi, type TestApi } from '../../support/api.js';
import { registerSubscription } from '../../support/registry.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

describe('a proof of control over HTTP', () => {
  it('is asked for once under a key, listed with its tag, and read by platform staff without it', async () => {
    const partner = await api.as('partner');
    const id = await registerSubscription(await api.as('operator'));
    const path = `/v1/subscriptions/${id}/control-proofs`;
    const key = { 'idempotency-key': 'proof-1' };
    const asked = await partner.post(path, undefined, key);
    expect([asked.status, asked.body.state, asked.body.askedBy]).toEqual([201, 'awaiting-tag', 'you']);
    expect((await partner.post(path, undefined, key)).body).toEqual(asked.body);
    const another = await partner.post(path);
    expect([another.status, another.body.code]).toEqual([409, 'control-proof-open']);
    expect((await partner.get(path)).body.items).toEqual([asked.body]);
    const staff = await (await api.as('auditor')).get(path);
    expect([staff.body.items[0].tag, staff.body.items[0].askedBy]).toEqual([null, 'partner']);
  });

  it('is nobody’s who may not see the subscription, whatever they send (404 before 400)', async () => {
    const stranger = `/v1/subscriptions/${randomUUID()}/control-proofs`;
    const customer = await api.as('customer');
    expect((await customer.post(stranger, { unknown: true })).status).toBe(404);
    expect((await customer.get(stranger)).status).toBe(404);
    const own = await registerSubscription(await api.as('operator'));
    expect((await customer.post(`/v1/subscriptions/${own}/control-proofs`, { unknown: true })).status).toBe(
      400,
    );
    expect((await (await api.as('reviewer')).post(`/v1/subscriptions/${own}/control-proofs`)).status).toBe(
      403,
    );
  });
});
