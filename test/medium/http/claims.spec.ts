import { startTestApi, type TestApi } from '../../support/api.js';
import { aRequest, registerSubscription } from '../../support/registry.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

it('a claim is taken over by an Approver, with a reason, and by no Reviewer; the former owner is told 409', async () => {
  const [customer, reviewer, approver] = [
    await api.as('customer'),
    await api.as('reviewer'),
    await api.as('approver'),
  ];
  const subscriptionId = await registerSubscription(await api.as('operator'));
  const filed = await customer.post('/v1/exemption-requests', aRequest(subscriptionId));
  const page = `/v1/admin/exemption-requests/${String(filed.body.id)}`;
  const reason = 'Its reviewer is ill.';
  expect(await approver.post(`${page}/take-over`, { reason })).toMatchObject({
    status: 409,
    body: { code: 'not-claimed-by-another' },
  });
  expect((await reviewer.post(`${page}/claim`)).status).toBe(200);
  expect(await reviewer.post(`${page}/take-over`, { reason })).toMatchObject({
    status: 403,
    body: { code: 'role-missing' },
  });
  expect((await approver.post(`${page}/take-over`, {})).status).toBe(400);
  expect((await approver.post(`${page}/take-over`, { reason })).status).toBe(200);
  const decision = { reasonCode: 'trust-review-declined', internalReason: 'See the findings.' };
  const etag = (await reviewer.get(page)).headers.get('etag') ?? '';
  expect(await reviewer.post(`${page}/deny`, decision, { 'if-match': etag })).toMatchObject({
    status: 409,
    body: { code: 'claimed' },
  });
});
