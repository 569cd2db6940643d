import { randomUUID } from 'node:crypto';
import { startTestApi, type TestApi } from '../../support/api.js';
import type { HttpClient } from '../../support/http-client.js';

let api: TestApi;
afterEach(() => api.close());

const path = '/v1/subscriptions';
/** Somebody without a token, until their address is not heard any more. */
async function flood(from: Readonly<Record<string, string>>): Promise<void> {
  let status = 0;
  // The limit is 30 a minute; twice as many, for a minute may turn in between.
  for (let count = 0; count < 70 && status !== 429; count += 1)
    status = (await api.nobody.get(path, from)).status;
  expect(status).toBe(429);
}
const statusOf = async (client: HttpClient, from: Readonly<Record<string, string>> = {}) =>
  (await client.get(path, from)).status;
const fresh = (persona: 'customer' | 'approver') => api.as(persona, { oid: randomUUID() });

describe('refused sign-ins behind a proxy (OWASP API4)', () => {
  it('count for each caller’s own address where the deployment’s proxies are trusted', async () => {
    api = await startTestApi({ RATE_LIMIT_ADDRESS: '30', TRUSTED_PROXY_HOPS: '1' });
    const [stranger, other] = ['203.0.113.9', '203.0.113.10'].map((address) => ({
      'x-forwarded-for': address,
    }));
    await flood(stranger ?? {});
    expect(await statusOf(await fresh('customer'), stranger)).toBe(429);
    expect(await statusOf(await fresh('customer'), other)).toBe(200);
    // What a caller writes before the proxy's own word is not believed.
    const claimed = { 'x-forwarded-for': '203.0.113.10, 203.0.113.9' };
    expect(await statusOf(await fresh('customer'), claimed)).toBe(429);
  });

  it('count for the connection’s address where none is trusted, whatever a header says', async () => {
    api = await startTestApi({ RATE_LIMIT_ADDRESS: '30' });
    await flood({ 'x-forwarded-for': '203.0.113.9' });
    expect(await statusOf(await fresh('customer'), { 'x-forwarded-for': '203.0.113.10' })).toBe(429);
  });

  it('lock nobody of the platform out: a fresh token of theirs is verified as ever, and a forged one is none', async () => {
    api = await startTestApi({ RATE_LIMIT_ADDRESS: '30' });
    await flood({});
    const approver = await fresh('approver');
    expect(await statusOf(approver)).toBe(200);
    expect((await approver.get('/v1/admin/exemptions')).status).toBe(200);
    const [header = '', payload = ''] = ((await fresh('approver')).token ?? '').split('.');
    const forged = { authorization: `Bearer ${header}.${payload}.${'A'.repeat(342)}` };
    expect(await statusOf(api.nobody, forged)).toBe(401);
    expect(await statusOf(await fresh('customer'))).toBe(429);
  });
});
