import { randomUUID } from 'node:crypto';
import { tenants } from '../../../launch/development-token.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import type { HttpClient } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';

let api: TestApi;
let customer: HttpClient;
let partner: HttpClient;
let operator: HttpClient;
const path = '/v1/exemption-requests/batch';

beforeAll(async () => {
  api = await startTestApi();
  customer = await api.as('customer');
  partner = await api.as('partner');
  operator = await api.as('operator');
});
afterAll(() => api.close());

const several = (count: number) =>
  Promise.all(Array.from({ length: count }, () => registerSubscription(operator)));
const batchOf = (ids: readonly string[]) => ({ requests: ids.map((id) => aRequest(id)) });
const statuses = (body: { items: { status: number }[] }) => body.items.map(({ status }) => status);
const requestsOf = async (subscriptionId: string) =>
  (await customer.get(`/v1/exemption-requests?subscriptionId=${subscriptionId}`)).body.items as unknown[];
const keyed = (key: string) => ({ 'idempotency-key': key });

describe('a batch', () => {
  it('files each by itself, and tells of each what a single submit would have told', async () => {
    const [first = '', second = '', third = ''] = await several(3);
    const { justification: _left, ...unjustified } = aRequest(second);
    const requests = [
      aRequest(first),
      unjustified,
      aRequest(first),
      aRequest(randomUUID()),
      aRequest(third),
      { ...aRequest(third), tenantId: tenants.customer },
      'no request',
    ];
    const { status, body } = await customer.post(path, { requests });
    expect([status, body.filed, body.notFiled]).toEqual([200, 2, 5]);
    expect(statuses(body)).toEqual([201, 400, 409, 404, 201, 400, 400]);
    expect(body.items[0]).toMatchObject({ index: 0, etag: '"1"', request: { subscriptionId: first } });
    expect(body.items[0].location).toBe(`/v1/exemption-requests/${body.items[0].id}`);
    expect(body.items[1].problem).toMatchObject({
      code: 'invalid-body',
      errors: [{ pointer: '/requests/1/justification', code: 'justification-missing' }],
    });
    expect(body.items[2].problem.code).toBe('live-request-exists');
    expect(body.items[3].problem.code).toBe('not-found');
    expect(body.items[5].problem.errors).toMatchObject([{ pointer: '/requests/5/tenantId' }]);
    expect(await requestsOf(second)).toEqual([]);
    const one = await customer.get(body.items[4].location as string);
    expect(one.body).toEqual({ ...body.items[4].request, preview: null, previewUnavailable: null });
  });

  it.each([
    ['nothing', {}],
    ['no requests', { requests: [] }],
    ['51 of them', batchOf(Array.from({ length: 51 }, () => randomUUID()))],
    ['a field of its own', { ...batchOf([randomUUID()]), atOnce: true }],
  ])('is refused whole with %s', async (_what, body) => {
    const answer = await customer.post(path, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-body']);
  });

  it('that is repeated with its key answers the same and files nothing again (I11)', async () => {
    const ids = await several(2);
    const body = { requests: [...batchOf(ids).requests, {}] };
    const first = await customer.post(path, body, keyed('batch-1'));
    const again = await customer.post(path, body, keyed('batch-1'));
    expect(statuses(first.body)).toEqual([201, 201, 400]);
    const filedIn = ({ body: told }: typeof first) => (told.items as object[]).slice(0, 2);
    expect(filedIn(again)).toEqual(filedIn(first));
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    for (const id of ids) expect(await requestsOf(id)).toHaveLength(1);
    const other = await customer.post(path, batchOf(await several(1)), keyed('batch-1'));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('that is repeated while it runs is filed once, whoever files what of it (I11)', async () => {
    const ids = await several(4);
    const body = batchOf(ids);
    const firstTry = customer.post(path, body, keyed('batch-2'));
    const repeated = Promise.all(
      Array.from({ length: 3 }, () => customer.post(path, body, keyed('batch-2'))),
    );
    // Who comes while it runs is told so, or gets the same; nothing is filed twice, whoever files it.
    for (const { status, body: told } of [await firstTry, ...(await repeated)]) {
      if (status === 409) expect(told.code).toBe('idempotency-key-in-use');
      else expect(statuses(told)).toEqual([201, 201, 201, 201]);
    }
    const last = await customer.post(path, body, keyed('batch-2'));
    expect(statuses(last.body)).toEqual([201, 201, 201, 201]);
    for (const id of ids) expect(await requestsOf(id)).toHaveLength(1);
  });

  it('answers what was filed before the store went away, and files the rest when it is repeated (F6)', async () => {
    const ids = await several(3);
    const body = batchOf(ids);
    await customer.post(path, batchOf(ids.slice(0, 1)), keyed('warm-up')); // so that the tenant is known
    const restore = await api.cutOffStore();
    const down = await customer.post(path, body, keyed('batch-3'));
    expect([down.status, down.headers.get('retry-after')]).toEqual([503, '2']);
    await restore();
    const again = await customer.post(path, body, keyed('batch-3'));
    expect(statuses(again.body)).toEqual([409, 201, 201]);
  });

  it('of a partner files for its customers only (I12)', async () => {
    const offer = { quotaId: 'CSP_2015-05-01' };
    const resold = await registerSubscription(operator, { offer, partnerTenantId: tenants.partner });
    const onBehalfOf = { customerTenantId: tenants.customer };
    const stranger = await registerSubscription(operator, { offer, tenantId: randomUUID() });
    const requests = [aRequest(resold, { onBehalfOf }), aRequest(resold), aRequest(stranger, { onBehalfOf })];
    const { body } = await partner.post(path, { requests });
    expect(statuses(body)).toEqual([201, 400, 404]);
    expect(body.items[1].problem.code).toBe('on-behalf-of-missing');
    expect((await operator.post(path, { requests })).status).toBe(403);
  });

  it('costs what its requests would cost one by one', async () => {
    const left = async (send: Promise<{ headers: Headers }>) =>
      Number(/"principal";r=(\d+)/.exec((await send).headers.get('ratelimit') ?? '')?.[1]);
    const before = await left(customer.post(path, batchOf([randomUUID()])));
    const after = await left(customer.post(path, batchOf(Array.from({ length: 10 }, () => randomUUID()))));
    expect([before - after, before - after > 0]).toEqual([50, true]);
  });
});
