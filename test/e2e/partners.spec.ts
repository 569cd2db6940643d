import pg from 'pg';
import { until } from '../../launch/demo/desk.js';
import { requestBody } from '../../launch/demo/exemption-desk.js';
import { customerTenant, partnerTenant } from '../../launch/demo/stories.js';
import { aSubscription, registerDevelopmentTenants, reviewed } from '../support/filing.js';
import { startPostern, type Postern } from '../support/postern.js';

const offer = { quotaId: 'CSP_2015-05-01', offerId: 'MS-AZR-0145P' };
const onBehalfOf = { customerTenantId: customerTenant };

let postern: Postern;
let owner: pg.Client;
beforeAll(async () => {
  postern = await startPostern();
  owner = new pg.Client({ connectionString: postern.database.ownerUrl });
  await owner.connect();
  await registerDevelopmentTenants(postern);
});
afterAll(async () => {
  await owner.end();
  await postern.stop();
});

async function tagged(subscriptionId: string, name: string, value: string): Promise<void> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Resources/tags/default`;
  const body = { operation: 'Merge', properties: { tags: { [name]: value } } };
  const { status } = await postern.control('PATCH', `${path}?api-version=2021-04-01`, { token: 'any', body });
  if (status !== 200) throw new Error(`tagging answered ${String(status)}`);
}

async function filedOf(subscriptions: readonly string[]): Promise<number> {
  const sql = 'SELECT count(*) AS filed FROM exemption_requests WHERE subscription_id = ANY ($1::uuid[])';
  const { rows } = await owner.query<{ filed: string }>(sql, [subscriptions]);
  return Number(rows[0]?.filed);
}

describe('a partner', () => {
  it('shows its control by a tag, which the worker reads from the cloud, and the reviewer is told so', async () => {
    const id = await aSubscription(postern, { offer, partnerTenantId: partnerTenant });
    const path = `/v1/subscriptions/${id}/control-proofs`;
    const { body } = await postern.call('partner', 'POST', path);
    const latest = async () => (await postern.call('partner', 'GET', path)).body.at('items', 0);
    await until('the first look', latest, (proof) => proof.at('problem', 'code').text === 'tag-not-there');
    await tagged(id, body.at('tag', 'name').text, body.at('tag', 'value').text);
    await until('the tag to be seen', latest, (proof) => proof.at('state').text === 'proven', 30_000);
    const filed = await postern.call('partner', 'POST', '/v1/exemption-requests', {
      body: requestBody(id, { onBehalfOf }),
    });
    const requestId = filed.body.at('id').text;
    await reviewed(postern, requestId);
    const page = (await postern.call('reviewer', 'GET', `/v1/admin/exemption-requests/${requestId}`)).body;
    const finding = page.at('findings').items.find((one) => one.at('check').text === 'control-not-proven');
    expect([finding?.at('outcome').text, page.at('controlProof', 'state').text]).toEqual(['pass', 'proven']);
  });

  it('whose batch is cut off by a crash repeats it, and everything is filed once (F1, I1, I11)', async () => {
    const subscriptions: string[] = [];
    for (let count = 0; count < 50; count += 1)
      subscriptions.push(await aSubscription(postern, { offer, partnerTenantId: partnerTenant }));
    const requests = subscriptions.map((id) => requestBody(id, { onBehalfOf }));
    const send = () =>
      postern.call('partner', 'POST', '/v1/exemption-requests/batch', {
        body: { requests },
        headers: { 'idempotency-key': 'cut-off' },
      });
    const cutOff = send().then(
      () => 'answered',
      () => 'cut off',
    );
    while ((await filedOf(subscriptions)) < 3);
    process.kill(postern.pid('api'), 'SIGKILL');
    expect(await cutOff).toBe('cut off');
    const before = await filedOf(subscriptions);
    expect(before).toBeLessThan(50);
    const ready = () =>
      postern.call(null, 'GET', '/livez').then(
        ({ status }) => status,
        () => 0,
      );
    await until('the next API', ready, (status) => status === 200, 30_000);
    const again = await send();
    expect([again.status, again.body.at('filed').value]).toEqual([200, 50]);
    expect(await filedOf(subscriptions)).toBe(50);
  });
});
