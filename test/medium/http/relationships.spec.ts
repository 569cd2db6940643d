import { randomUUID } from 'node:crypto';
import { until } from '../../../launch/demo/desk.js';
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
beforeEach(() => relate({ status: 'active' }));
afterAll(() => api.close());

async function relate(differs: Readonly<Record<string, unknown>>): Promise<void> {
  const path = `/v1/admin/partner-relationships/${tenants.partner}/${tenants.customer}`;
  const { status } = await operator.put(path, { validFrom: '2020-01-01T00:00:00Z', ...differs });
  if (status !== 200) throw new Error(`relating answered ${status}`);
}

interface Case {
  readonly subscriptionId: string;
  readonly id: string;
  readonly body: unknown;
}

const consent = { givenBy: 'Head of IT', givenAt: '2026-01-10T00:00:00Z', reference: 'annex 3' };
const onBehalfOf = { customerTenantId: tenants.customer, consent };

async function filed(headers: Readonly<Record<string, string>> = {}): Promise<Case> {
  const offer = { quotaId: 'CSP_2015-05-01' };
  const subscriptionId = await registerSubscription(operator, { offer, partnerTenantId: tenants.partner });
  const body = aRequest(subscriptionId, { onBehalfOf });
  const answer = await partner.post(requests, body, headers);
  if (answer.status !== 201) throw new Error(`filing answered ${answer.status}`);
  return { subscriptionId, id: answer.body.id as string, body };
}

async function decide(id: string, verb: string, body: object) {
  const page = `/v1/admin/exemption-requests/${id}`;
  const { headers } = await reviewer.get(page);
  return reviewer.post(`${page}/${verb}`, body, { 'if-match': headers.get('etag') ?? '' });
}

const asked = { question: 'Which of your machines send?', fields: [] };
const approval = { reason: 'Known for years.' };
const answer = { answer: 'Only mx1.' };
const plan = { mode: 'observed', window: null, maxUnavailable: 1, canary: true };

/** Everything that a partner can read or do about what it filed; the status of each. */
async function reach({ subscriptionId, id }: Case, exemptionId: string): Promise<readonly number[]> {
  const one = `${requests}/${id}`;
  const exemption = `/v1/exemptions/${exemptionId}`;
  const subscription = `/v1/subscriptions/${subscriptionId}`;
  const reads = [one, `${one}/history`, exemption, `${exemption}/virtual-machines`, subscription].map(
    (path) => partner.get(path),
  );
  const answers = await Promise.all([
    ...reads,
    partner.get(`${subscription}/control-proofs`),
    partner.post(`${subscription}/control-proofs`),
    partner.post('/v1/eligibility', { subscriptionId }),
    partner.post(requests, aRequest(subscriptionId, { onBehalfOf })),
    partner.post(`${one}/information`, answer),
    partner.post(`${one}/withdraw`),
    partner.put(`${one}/consent`, consent),
    partner.put(`${exemption}/restart-plan`, plan),
  ]);
  return [...answers.map(({ status }) => status), (await partner.events(`${one}/events`)).response.status];
}

const listed = async (path: string, key: string) =>
  ((await partner.get(path)).body.items as Readonly<Record<string, unknown>>[]).map((item) => item[key]);

describe('a relationship that ends (I12)', () => {
  it('takes sight from the partner at once, and nothing from its customer; a new one gives it back', async () => {
    const one = await filed();
    await runChecks(api);
    const granted = await decide(one.id, 'approve', approval);
    const exemptionId = granted.body.exemption.id as string;
    const inSight = await reach(one, exemptionId);
    expect(inSight).toEqual([200, 200, 200, 200, 200, 200, 201, 200, 409, 409, 409, 409, 200, 200]);
    for (const status of ['terminated', 'suspended']) {
      await relate({ status });
      expect(new Set(await reach(one, exemptionId))).toEqual(new Set([404]));
      expect(await listed(requests, 'id')).not.toContain(one.id);
      expect(await listed('/v1/subscriptions', 'subscriptionId')).not.toContain(one.subscriptionId);
    }
    const absent = await partner.get(`${requests}/${randomUUID()}`);
    const foreign = await partner.get(`${requests}/${one.id}`);
    const told = ({ body: { traceId: _trace, instance: _instance, ...rest } }: typeof absent): unknown =>
      rest;
    expect(told(foreign)).toEqual(told(absent));
    expect((await customer.get(`${requests}/${one.id}`)).status).toBe(200);
    expect((await customer.put(`/v1/exemptions/${exemptionId}/restart-plan`, plan)).status).toBe(200);
    await relate({ status: 'active' });
    expect((await partner.get(`${requests}/${one.id}`)).status).toBe(200);
  });

  it('ends by its date without anybody’s doing, and begins by it', async () => {
    const one = await filed();
    await relate({ status: 'active', validTo: new Date(Date.now() + 1_000).toISOString() });
    const seen = async () => (await partner.get(`${requests}/${one.id}`)).status;
    expect(await seen()).toBe(200);
    await until('the date to pass', seen, (status) => status === 404, 10_000);
    await relate({ status: 'active', validFrom: new Date(Date.now() + 1_000).toISOString() });
    expect(await seen()).toBe(404);
    await until('the date to come', seen, (status) => status === 200, 10_000);
  });

  it('ends the streams that are open, before they tell another line', async () => {
    const one = await filed();
    const [theirs, own] = [
      await partner.events(`${requests}/${one.id}/events`),
      await customer.events(`${requests}/${one.id}/events`),
    ];
    expect([(await theirs.next())?.event, (await own.next())?.event]).toEqual(['submitted', 'submitted']);
    await relate({ status: 'terminated' });
    await customer.post(`${requests}/${one.id}/withdraw`);
    expect((await own.next())?.event).toBe('withdrawn');
    expect(await theirs.next()).toBeNull();
    own.close();
  });

  it('replays no answer to a key that was used before', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const { body } = await filed(key);
    expect((await partner.post(requests, body, key)).headers.get('idempotent-replayed')).toBe('true');
    await relate({ status: 'terminated' });
    expect((await partner.post(requests, body, key)).status).toBe(404);
  });

  it('lets the customer answer what its partner was asked, and nobody be granted what nobody may ask for', async () => {
    const { id } = await filed();
    await runChecks(api);
    expect(
      (await reviewer.post(`/v1/admin/exemption-requests/${id}/request-information`, asked)).status,
    ).toBe(200);
    const early = await customer.post(`${requests}/${id}/information`, answer);
    expect([early.status, early.body.code]).toEqual([403, 'only-the-filer-answers']);
    await relate({ status: 'terminated' });
    expect((await customer.post(`${requests}/${id}/information`, answer)).status).toBe(200);
    await runChecks(api);
    const refused = await decide(id, 'approve', approval);
    expect([refused.status, refused.body.code]).toEqual([422, 'not-the-reseller']);
    await relate({ status: 'active' });
    expect((await decide(id, 'approve', approval)).status).toBe(200);
  });
});

describe('the customer’s consent', () => {
  it('is recorded with the request, or later by either side, and shown to those who decide', async () => {
    const { id } = await filed();
    const given = async () => {
      const { body } = await reviewer.get(`/v1/admin/exemption-requests/${id}`);
      return body.particulars.consent as typeof consent;
    };
    expect(await given()).toEqual({ ...consent, givenAt: '2026-01-10T00:00:00.000Z' });
    const later = { ...consent, givenBy: 'Director' };
    for (const side of [partner, customer]) {
      expect((await side.put(`${requests}/${id}/consent`, later)).status).toBe(200);
      expect((await given()).givenBy).toBe('Director');
    }
    await customer.post(`${requests}/${id}/withdraw`);
    expect((await partner.put(`${requests}/${id}/consent`, later)).status).toBe(409);
  });

  it('is given before it is recorded', async () => {
    const tomorrow = { ...consent, givenAt: new Date(Date.now() + 86_400_000).toISOString() };
    const { id, subscriptionId } = await filed();
    await customer.post(`${requests}/${id}/withdraw`);
    const body = aRequest(subscriptionId, { onBehalfOf: { ...onBehalfOf, consent: tomorrow } });
    const refused = await partner.post(requests, body);
    expect([refused.status, refused.body.code]).toEqual([400, 'consent-in-the-future']);
    const other = await filed();
    expect((await partner.put(`${requests}/${other.id}/consent`, tomorrow)).status).toBe(400);
  });

  it('is none of a request that its customer filed', async () => {
    const { body } = await customer.post(requests, aRequest(await registerSubscription(operator)));
    const refused = await customer.put(`${requests}/${String(body.id)}/consent`, consent);
    expect([refused.status, refused.body.code]).toEqual([409, 'no-consent-needed']);
  });
});
