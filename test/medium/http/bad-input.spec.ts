import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startTestApi, type TestApi } from '../../support/api.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';

let api: TestApi;
let customer: HttpClient;
let partner: HttpClient;
let operator: HttpClient;
let subscriptionId: string;

const requests = '/v1/exemption-requests';
const customerTenant = '00000000-0000-4000-8000-000000000003';
const strangerTenant = '00000000-0000-4000-8000-0000000000f3';
const otherPartner = '00000000-0000-4000-8000-0000000000f2';

beforeAll(async () => {
  api = await startTestApi();
  customer = await api.as('customer');
  partner = await api.as('partner');
  operator = await api.as('operator');
  await operator.put(`/v1/admin/tenants/${strangerTenant}`, { kind: 'customer', name: 'Stranger' });
  await operator.put(`/v1/admin/tenants/${otherPartner}`, { kind: 'partner', name: 'Unrelated' });
  subscriptionId = await registerSubscription(operator);
});
afterAll(() => api.close());

/** Rows that a submit would leave behind. */
async function stored(): Promise<unknown> {
  const client = new pg.Client({ connectionString: api.database.ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT (SELECT count(*) FROM exemption_requests) AS requests, (SELECT count(*) FROM request_particulars) AS particulars,
        (SELECT count(*) FROM effects) AS effects, (SELECT count(*) FROM history) AS history`,
    );
    return rows[0];
  } finally {
    await client.end();
  }
}

function expectProblem(answer: HttpAnswer, status: number, code: string): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(answer.body).toMatchObject({ type: `/problems/${code}`, status, instance: expect.any(String) });
  expect(answer.body.traceId).toMatch(/^[0-9a-f]{32}$/);
  // More than a complaint: the detail ends with what to do.
  expect(answer.body.detail.length).toBeGreaterThan(30);
}

async function pageOf(answer: HttpAnswer): Promise<number> {
  return (await api.nobody.get(answer.body.type)).status;
}

describe('bad input is a problem with a code and a next step, and stores nothing', () => {
  it.each<[what: string, differs: Readonly<Record<string, unknown>>, pointer: string, code: string]>([
    ['a missing justification', { justification: undefined }, '/justification', 'justification-missing'],
    ['a short justification', { justification: 'too short' }, '/justification', 'justification-missing'],
    [
      'a justification of blanks',
      { justification: ' '.repeat(80) },
      '/justification',
      'justification-missing',
    ],
    ['an unknown field', { pleaseHurry: true }, '/pleaseHurry', 'unknown-field'],
    [
      'an unknown field inside',
      { contact: { name: 'A', email: 'a@b.example', fax: '1' } },
      '/contact/fax',
      'unknown-field',
    ],
    [
      'a liability not acknowledged',
      { acknowledgedLiability: false },
      '/acknowledgedLiability',
      'invalid-value',
    ],
    ['a missing field', { sending: undefined }, '/sending', 'required'],
    ['an id that is none', { subscriptionId: 'mine' }, '/subscriptionId', 'invalid-format'],
  ])('%s: 400 with its pointer', async (_what, differs, pointer, code) => {
    const before = await stored();
    const answer = await customer.post(requests, aRequest(subscriptionId, differs));
    expectProblem(answer, 400, 'invalid-body');
    expect(answer.body.errors).toContainEqual({ pointer, code, message: expect.any(String) });
    expect(await pageOf(answer)).toBe(200);
    expect(await stored()).toEqual(before);
  });

  it('tells all bad fields at once', async () => {
    const answer = await customer.post(
      requests,
      aRequest(subscriptionId, { justification: '', contact: {} }),
    );
    const pointers = (answer.body.errors as { pointer: string }[]).map((error) => error.pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/justification', '/contact/name', '/contact/email']));
  });

  it('an unregistered subscription and a foreign one: 404 in the same words', async () => {
    const before = await stored();
    const foreign = await registerSubscription(operator, { tenantId: strangerTenant });
    const absent = await customer.post(requests, aRequest(randomUUID()));
    const hidden = await customer.post(requests, aRequest(foreign));
    expectProblem(absent, 404, 'not-found');
    expectProblem(hidden, 404, 'not-found');
    const { traceId: _one, ...wordsOfAbsent } = absent.body;
    const { traceId: _other, ...wordsOfHidden } = hidden.body;
    expect(wordsOfHidden).toEqual(wordsOfAbsent);
    expect(await stored()).toEqual(before);
  });

  it('a partner without a relationship: 404, and nothing in its list (I12)', async () => {
    const before = await stored();
    const unrelated = await api.as('partner', { tenant: otherPartner });
    const onBehalfOf = { customerTenantId: customerTenant };
    expectProblem(await unrelated.post(requests, aRequest(subscriptionId, { onBehalfOf })), 404, 'not-found');
    expect((await unrelated.get('/v1/subscriptions')).body.items).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  it('a partner that says not for whom, and a customer that says so: 400', async () => {
    const csp = await registerSubscription(operator, { offer: { quotaId: 'CSP_2015-05-01' } });
    expectProblem(await partner.post(requests, aRequest(csp)), 400, 'on-behalf-of-missing');
    const onBehalfOf = { customerTenantId: customerTenant };
    const unexpected = await customer.post(requests, aRequest(subscriptionId, { onBehalfOf }));
    expectProblem(unexpected, 400, 'on-behalf-of-unexpected');
  });

  it('a second live request: 409 (I2)', async () => {
    const mine = await registerSubscription(operator);
    expect((await customer.post(requests, aRequest(mine))).status).toBe(201);
    const before = await stored();
    const second = await customer.post(requests, aRequest(mine));
    expectProblem(second, 409, 'live-request-exists');
    expect(second.body.refusals).toEqual([
      { code: 'live-request-exists', message: expect.any(String), nextStep: expect.any(String) },
    ]);
    expect(await stored()).toEqual(before);
  });

  it('what policy refuses: 422 with every reason', async () => {
    const trial = await registerSubscription(operator, {
      offer: { quotaId: 'FreeTrial_2014-09-01' },
      state: 'Disabled',
    });
    const answer = await customer.post(requests, aRequest(trial));
    expectProblem(answer, 422, 'offer-never-eligible');
    expect((answer.body.refusals as { code: string }[]).map(({ code }) => code)).toEqual([
      'offer-never-eligible',
      'subscription-not-enabled',
    ]);
  });

  it('a body of 2 MB: 413', async () => {
    const before = await stored();
    const answer = await customer.post(
      requests,
      aRequest(subscriptionId, { justification: 'x'.repeat(2 << 20) }),
    );
    expectProblem(answer, 413, 'body-too-large');
    expect(await stored()).toEqual(before);
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('a body of type %s: 415', async (type) => {
    const raw = JSON.stringify(aRequest(subscriptionId));
    const answer = await customer.send('POST', requests, { raw, headers: { 'content-type': type } });
    expectProblem(answer, 415, 'unsupported-media-type');
  });

  it.each(['{"subscriptionId":', '{"__proto__": {"admin": true}}', 'null', '[]', '"text"'])(
    'a body %s: 400',
    async (raw) => {
      const answer = await customer.send('POST', requests, { raw });
      expect(answer.status).toBe(400);
      expect(['malformed-json', 'invalid-body']).toContain(answer.body.code);
    },
  );

  it('an expired token: 401 and how to authenticate', async () => {
    const expired = await api.as('customer', { expiresIn: -120 });
    const answer = await expired.post(requests, aRequest(subscriptionId));
    expectProblem(answer, 401, 'token-expired');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="postern", error="invalid_token"');
  });

  it('an unknown query parameter, and a limit that is none: 400 with its pointer', async () => {
    const unknown = await customer.get(`${requests}?colour=blue`);
    expectProblem(unknown, 400, 'invalid-query');
    expect(unknown.body.errors[0]).toMatchObject({ pointer: '/colour', code: 'unknown-parameter' });
    for (const limit of ['0', '201', 'many', '1&limit=2'])
      expectProblem(await customer.get(`${requests}?limit=${limit}`), 400, 'invalid-query');
  });

  it('an id in the path that is none: 400; a path that cannot be read: 400', async () => {
    expectProblem(await customer.get(`${requests}/mine`), 400, 'invalid-path');
    const answer = await fetch(`${api.url}${requests}/%ff`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    await answer.body?.cancel();
  });

  it('a route that does not exist yet: 404', async () => {
    for (const absent of ['/v1/admin/statistics', '/v1/admin/appeals', '/v1/nothing'])
      expectProblem(await customer.get(absent), 404, 'not-found');
  });
});
