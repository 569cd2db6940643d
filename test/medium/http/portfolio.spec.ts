import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { tenants } from '../../../launch/development-token.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import type { HttpClient } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';
import { runChecks } from '../../support/run-checks.js';

let api: TestApi;
let customer: HttpClient;
let partner: HttpClient;
let operator: HttpClient;
let reviewer: HttpClient;
const requests = '/v1/exemption-requests';

beforeAll(async () => {
  api = await startTestApi();
  customer = await api.as('customer');
  partner = await api.as('partner');
  operator = await api.as('operator');
  reviewer = await api.as('reviewer');
});
afterAll(() => api.close());

const consent = { givenBy: 'Head of IT', givenAt: '2026-01-10T00:00:00Z', reference: 'annex 3' };

async function filed(tenantId: string = tenants.customer, differs: object = { consent }): Promise<string> {
  const offer = { quotaId: 'CSP_2015-05-01' };
  const facts = { offer, tenantId, partnerTenantId: tenants.partner };
  const subscriptionId = await registerSubscription(operator, facts);
  const onBehalfOf = { customerTenantId: tenantId, ...differs };
  const { status, body } = await partner.post(requests, aRequest(subscriptionId, { onBehalfOf }));
  if (status !== 201) throw new Error(`filing answered ${status}`);
  return body.id as string;
}

async function aCustomer(name: string, relationship: object = { status: 'active' }): Promise<string> {
  const tenantId = randomUUID();
  await operator.put(`/v1/admin/tenants/${tenantId}`, { kind: 'customer', name });
  const path = `/v1/admin/partner-relationships/${tenants.partner}/${tenantId}`;
  await operator.put(path, { validFrom: '2020-01-01T00:00:00Z', ...relationship });
  return tenantId;
}

async function approved(id: string): Promise<string> {
  const page = `/v1/admin/exemption-requests/${id}`;
  const { headers } = await reviewer.get(page);
  const answer = await reviewer.post(
    `${page}/approve`,
    { reason: 'Fine.' },
    { 'if-match': headers.get('etag') ?? '' },
  );
  return answer.body.exemption.id as string;
}

/** Machines as a worker would list them, in these states. */
async function machines(exemptionId: string, ...states: readonly string[]): Promise<void> {
  const owner = new pg.Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  await owner.query(
    `INSERT INTO restarts (id, state, version, exemption_id, request_id, subscription_id, tenant_id, vm_id, direction, fence,
       resource_id, name, found, stopped_by_us, blocker)
     SELECT gen_random_uuid(), s.state, 1, e.id, e.request_id, e.subscription_id, e.tenant_id, 'vm' || s.place, 'enable', e.fence,
       '/vm', 'vm', 'running', false, '{"code": "c", "message": "m"}'
     FROM exemptions e, unnest($2::text[]) WITH ORDINALITY AS s(state, place) WHERE e.id = $1`,
    [exemptionId, states],
  );
  await owner.end();
}

interface Item {
  readonly customerTenantId: string;
  readonly name: string;
  readonly subscriptions: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly waitingFor: Readonly<
    Record<
      'partner' | 'customer' | 'platform',
      {
        readonly total: number;
        readonly items: readonly { what: string; requestId: string; due: string | null; machines: number }[];
      }
    >
  >;
}
const portfolio = async (query = '') => (await partner.get(`/v1/portfolio${query}`)).body.items as Item[];
const of = async (tenantId: string) =>
  (await portfolio('?limit=200')).find((item) => item.customerTenantId === tenantId);
const whats = (item: Item | undefined, party: 'partner' | 'customer' | 'platform') =>
  item?.waitingFor[party].items.map(({ what, requestId }) => [what, requestId]);

describe('a portfolio', () => {
  it('says what waits for the partner, its customer and the platform, with dates and links', async () => {
    const tenantId = await aCustomer('Adventure Works');
    const asked = await filed(tenantId);
    const inReview = await filed(tenantId, {});
    const granted = await filed(tenantId);
    await runChecks(api);
    const question = { question: 'Which machines send?', fields: [] };
    await reviewer.post(`/v1/admin/exemption-requests/${asked}/request-information`, question);
    await machines(await approved(granted), 'waiting', 'waiting', 'blocked', 'failed', 'restarted');
    const checking = await filed(tenantId);
    const item = await of(tenantId);
    expect([item?.name, item?.subscriptions]).toEqual(['Adventure Works', 4]);
    expect(item?.requests).toEqual({
      'needs-information': 1,
      'in-review': 1,
      'awaiting-restart': 1,
      checking: 1,
    });
    expect(whats(item, 'partner')?.slice(0, 2)).toEqual([
      ['question', asked],
      ['control-proof', asked],
    ]);
    expect(whats(item, 'partner')).toContainEqual(['consent', inReview]);
    expect(item?.waitingFor.partner.total).toBe(5); // a question, a consent, and a proof for each that is open
    expect(item?.waitingFor.customer.items.map(({ what, machines: count }) => [what, count]).sort()).toEqual([
      ['blocked-machines', 1],
      ['owner-restarts', 2],
    ]);
    expect(new Set(whats(item, 'platform'))).toEqual(
      new Set([
        ['checks', checking],
        ['review', inReview],
        ['failed-restarts', granted],
      ]),
    );
    const [first] = item?.waitingFor.partner.items ?? [];
    const { body } = await partner.get(`${requests}/${asked}`);
    expect(first).toMatchObject({
      due: body.question.answerBy,
      since: body.question.askedAt,
      links: { request: `${requests}/${asked}`, act: `${requests}/${asked}/information` },
    });
  });

  it('asks for no proof of what was proven, and says until when an open one may be given', async () => {
    const tenantId = await aCustomer('Blue Yonder');
    const id = await filed(tenantId);
    const { body } = await partner.get(`${requests}/${id}`);
    const proofs = `/v1/subscriptions/${String(body.subscriptionId)}/control-proofs`;
    const proof = await partner.post(proofs);
    const [waits] = (await of(tenantId))?.waitingFor.partner.items ?? [];
    expect([waits?.what, waits?.due]).toEqual(['control-proof', proof.body.expiresAt]);
    const owner = new pg.Client({ connectionString: api.database.ownerUrl });
    await owner.connect();
    await owner.query(`UPDATE control_proofs SET state = 'proven', proven_at = now() WHERE id = $1`, [
      proof.body.id,
    ]);
    await owner.end();
    expect((await of(tenantId))?.waitingFor.partner).toEqual({ total: 0, items: [] });
  });

  it('shows what waits up to 20 a party, and counts the rest', async () => {
    const tenantId = await aCustomer('City Power');
    for (let count = 0; count < 21; count += 1) await filed(tenantId);
    const item = await of(tenantId);
    expect([item?.waitingFor.platform.total, item?.waitingFor.platform.items.length]).toEqual([21, 20]);
  });

  it('has customers by name, page by page, and none of an ended relationship (I12)', async () => {
    const [first, second] = [await aCustomer('Zz 1'), await aCustomer('Zz 2')];
    const ended = await aCustomer('Zz 3', { status: 'terminated' });
    const past = await aCustomer('Zz 4', { status: 'active', validTo: '2021-01-01T00:00:00Z' });
    const future = await aCustomer('Zz 5', { status: 'active', validFrom: '2099-01-01T00:00:00Z' });
    const seen: string[] = [];
    let path: string | null = '/v1/portfolio?limit=1';
    for (let pages = 0; path !== null && pages < 50; pages += 1) {
      const { body, headers } = await partner.get(path);
      seen.push(...(body.items as Item[]).map(({ customerTenantId }) => customerTenantId));
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(seen.slice(-2)).toEqual([first, second]);
    expect(new Set(seen).size).toBe(seen.length);
    for (const tenantId of [ended, past, future]) expect(seen).not.toContain(tenantId);
    await operator.put(`/v1/admin/partner-relationships/${tenants.partner}/${second}`, {
      status: 'terminated',
      validFrom: '2020-01-01T00:00:00Z',
    });
    expect(await of(second)).toBeUndefined();
  });

  it('has nothing of what the customer filed itself, nor of another partner', async () => {
    const before = await of(tenants.customer);
    await customer.post(requests, aRequest(await registerSubscription(operator)));
    const after = await of(tenants.customer);
    expect(after?.requests).toEqual(before?.requests);
    expect(after?.waitingFor).toEqual(before?.waitingFor);
  });

  it('is a partner’s: a customer is told so, and staff has other lists', async () => {
    const refused = await customer.get('/v1/portfolio');
    expect([refused.status, refused.body.code]).toEqual([403, 'only-partners-have-a-portfolio']);
    expect((await reviewer.get('/v1/portfolio')).body.code).toBe('role-missing');
  });
});
