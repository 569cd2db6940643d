import { startTestApi, type TestApi } from '../../support/api.js';
import { aRequest, registerSubscription } from '../../support/registry.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ FILINGS_A_DAY_SUBSCRIPTION: '2', FILINGS_A_DAY_TENANT: '3' });
});
afterAll(() => api.close());

it('more filings than a day allows are answered 429 with Retry-After, one by one in a batch, and kept under no key', async () => {
  const [customer, operator] = [await api.as('customer'), await api.as('operator')];
  const several = await Promise.all(Array.from({ length: 5 }, () => registerSubscription(operator)));
  const batch = await customer.post('/v1/exemption-requests/batch', {
    requests: several.slice(0, 4).map((id) => aRequest(id)),
  });
  expect(batch.body.items).toMatchObject([
    { status: 201 },
    { status: 201 },
    { status: 201 },
    { status: 429, problem: { code: 'too-many-filings' } },
  ]);
  const again = async () => {
    const { status, headers, body } = await customer.post(
      '/v1/exemption-requests',
      aRequest(several[4] ?? ''),
      { 'idempotency-key': 'one-too-many' },
    );
    expect([status, body.code, body.type]).toEqual([429, 'too-many-filings', '/problems/too-many-filings']);
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(86_400);
    return headers.get('idempotent-replayed');
  };
  expect([await again(), await again()]).toEqual([null, null]);
  expect((await customer.get('/problems/too-many-filings')).status).toBe(200);
});
