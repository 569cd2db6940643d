import { until } from '../../../launch/demo/desk.js';
import { clientOf } from '../../../src/adapters/postgres/connections.js';
import { HttpClient } from '../../support/http-client.js';
import { developmentToken } from '../../../launch/development-token.js';
import { registerSubscription, registerTenants } from '../../support/registry.js';
import { startProcess, type StartedProcess } from '../../support/started-process.js';

let api: StartedProcess;
beforeAll(async () => {
  api = await startProcess('api');
});
afterAll(() => api.close());

const as = async (persona: 'customer' | 'operator') =>
  new HttpClient(api.url, await developmentToken(persona, { dataDir: api.dataDir }));

describe('while the table of the cloud’s budget is locked', () => {
  it('the outlook for a subscription is 503 with Retry-After, and the process lives on (F6)', async () => {
    await registerTenants(await as('operator'));
    const subscriptionId = await registerSubscription(await as('operator'));
    const customer = await as('customer');
    const owner = clientOf(api.database.ownerUrl, 'test');
    await owner.connect();
    try {
      await owner.query('BEGIN; LOCK TABLE call_buckets IN ACCESS EXCLUSIVE MODE');
      const answers = await Promise.all(
        [1, 2, 3].map(() => customer.post('/v1/eligibility', { subscriptionId })),
      );
      for (const { status, headers } of answers)
        expect([status, headers.get('retry-after')]).toEqual([503, '2']);
      await owner.query('ROLLBACK');
      const outlook = () => customer.post('/v1/eligibility', { subscriptionId });
      await until('the outlook to be told again', outlook, ({ status }) => status === 200);
      expect(api.exit()).toBeNull();
    } finally {
      await owner.end();
    }
  });
});
