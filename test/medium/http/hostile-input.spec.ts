import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { startTestApi, type TestApi } from '../../support/api.js';
import type { HttpClient } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';

let api: TestApi;
let customer: HttpClient;
let operator: HttpClient;
let reviewer: HttpClient;
let subscriptionId: string;

beforeAll(async () => {
  api = await startTestApi();
  const personas = [api.as('customer'), api.as('operator'), api.as('reviewer')] as const;
  [customer, operator, reviewer] = await Promise.all(personas);
  subscriptionId = await registerSubscription(operator);
});
afterAll(() => api.close());

const requests = '/v1/exemption-requests';
const queue = '/v1/admin/exemption-requests';
const honest = 'We run our own mail exchangers, and receivers know us by our own address.';
const facts = {
  tenantId: '00000000-0000-4000-8000-000000000003',
  displayName: 'Production',
  offer: { quotaId: 'PayAsYouGo_2014-09-01' },
  createdAt: '2024-03-01T00:00:00Z',
  state: 'Enabled',
  billing: { paidInvoicesUsd: 1, pastDue: false },
};

describe('what the store could not take is 400 before it gets there, never 500', () => {
  it.each([
    ['a NUL', `${queue}?assignee=%00`],
    ['a NUL in a text', `${queue}?offer=a%00`],
    ['the year 0', `${requests}?createdAfter=0000-01-01T00:00:00Z`],
    ['a year before that', `${requests}?createdAfter=0000-01-01T00:00:00%2B12:00`],
    ['a year of five digits', `${requests}?createdAfter=9999-12-31T23:59:59-12:00`],
  ])('in a query: %s', async (_what, path) => {
    const answer = await reviewer.get(path);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-query']);
  });

  it('in a cursor, and in a path', async () => {
    const cursor = await reviewer.get(`${queue}?cursor=%00`);
    expect([cursor.status, cursor.body.code]).toEqual([400, 'cursor-invalid']);
    const path = await reviewer.post(`/v1/admin/exemptions/${randomUUID()}/restarts/%00/retry`, {
      reason: 'x',
    });
    expect([path.status, path.body.code]).toEqual([400, 'invalid-path']);
  });

  it.each<[what: string, differs: Readonly<Record<string, unknown>>, pointer: string]>([
    ['half a surrogate pair', { justification: `${honest} \ud800` }, '/justification'],
    ['the other half', { contact: { name: 'A\udc00', email: 'a@b.example' } }, '/contact/name'],
    ['a NUL', { justification: `${honest} \u0000` }, '/justification'],
    [
      'a number beyond all mail',
      { sending: { kinds: ['system'], domains: ['a.example'], dailyVolume: 1e300 } },
      '/sending/dailyVolume',
    ],
  ])('in a body, with a key: %s', async (_what, differs, pointer) => {
    const key = { 'idempotency-key': randomUUID() };
    const answer = await customer.post(requests, aRequest(subscriptionId, differs), key);
    expect([answer.status, answer.body.code, answer.body.errors[0].pointer]).toEqual([
      400,
      'invalid-body',
      pointer,
    ]);
  });

  it.each<[what: string, differs: Readonly<Record<string, unknown>>]>([
    ['created in the year 0', { createdAt: '0000-01-01T00:00:00Z' }],
    ['created in five digits', { createdAt: '9999-12-31T23:59:59-12:00' }],
    ['paid more than there is', { billing: { paidInvoicesUsd: 1e300, pastDue: false } }],
    ['named by half a character', { displayName: 'A\ud800' }],
  ])('in a registration: %s', async (_what, differs) => {
    const answer = await operator.put(`/v1/admin/subscriptions/${randomUUID()}`, { ...facts, ...differs });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-body']);
  });

  it.each<[verb: string, body: Readonly<Record<string, unknown>>]>([
    ['deny', { reasonCode: 'a\u0000', internalReason: 'x' }],
    ['approve', { reason: 'x', acceptedUnknowns: ['\u0000'] }],
    ['approve', { reason: 'x', expiresOn: '9999-12-31T23:59:59-12:00' }],
    ['request-information', { question: 'x', fields: ['\u0000'] }],
  ])('in a decision: %s %j', async (verb, body) => {
    const filed = await customer.post(requests, aRequest(await registerSubscription(operator)));
    const answer = await reviewer.post(`${queue}/${filed.body.id}/${verb}`, body, { 'if-match': '"1"' });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-body']);
  });

  it('takes emoji, all planes of writing, and the last instant of four digits', async () => {
    const mine = await registerSubscription(operator, { displayName: 'Post 📮 𝔘' });
    const answer = await customer.post(requests, aRequest(mine, { justification: `${honest} 📮` }));
    expect(answer.status).toBe(201);
    const late = await reviewer.get(`${requests}?createdAfter=9999-12-31T23:59:59Z`);
    expect(late.body.items).toEqual([]);
  });
});

describe('a bad field is named where several shapes may be given', () => {
  it.each<[body: Readonly<Record<string, unknown>>, expected: readonly string[]]>([
    [{ subscriptionId: 'x' }, ['/subscriptionId invalid-format']],
    [{ subscriptionId: randomUUID(), colour: 1 }, ['/colour unknown-field']],
    [{ offer: {}, createdAt: 'x' }, ['/offer/quotaId required', '/createdAt invalid-format']],
    [{ createdAt: '2024-01-01T00:00:00Z' }, ['/offer required']],
    [{}, [' invalid-union']],
  ])('eligibility of %j', async (body, expected) => {
    const answer = await customer.post('/v1/eligibility', body);
    expect(answer.status).toBe(400);
    expect(told(answer.body.errors)).toEqual(expected);
  });

  it.each<[plan: Readonly<Record<string, unknown>>, expected: readonly string[]]>([
    [
      { window: { startsAt: 'x', endsAt: '2026-01-01T00:00:00Z' } },
      ['/restart/window/startsAt invalid-format'],
    ],
    [{ maxUnavailable: 0 }, ['/restart/maxUnavailable too-small']],
    [{ maxUnavailable: '0%' }, ['/restart/maxUnavailable invalid-format']],
    [{ canary: 'yes' }, ['/restart/canary invalid-type']],
  ])('a plan of %j', async (restart, expected) => {
    const answer = await customer.post(requests, aRequest(subscriptionId, { restart }));
    expect(told(answer.body.errors)).toEqual(expected);
  });

  const told = (errors: readonly { readonly pointer: string; readonly code: string }[]) =>
    errors.map(({ pointer, code }) => `${pointer} ${code}`);
});

describe('what cannot be read is a problem, too', () => {
  it.each([
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['a header of 40 kB', `GET ${requests} HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['a path with a broken escape', `GET ${requests}/%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`],
    [
      'two lengths',
      'POST /v1/eligibility HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    ],
  ])('%s: 400 with a trace of its own', async (_what, bytes) => {
    const [head = '', body = ''] = (await raw(bytes)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    const problem = JSON.parse(body) as Readonly<Record<string, unknown>>;
    expect(problem).toMatchObject({
      status: 400,
      code: 'malformed-request',
      type: '/problems/malformed-request',
    });
    expect(head).toContain(`traceparent: 00-${String(problem['traceId'])}-`);
    expect((await api.nobody.get(String(problem['type']))).status).toBe(200);
  });

  /** Sends bytes as they are; what came back until the server closed the connection. */
  async function raw(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    let seen = '';
    socket.setEncoding('utf8').on('data', (part: string) => (seen += part));
    socket.write(bytes);
    await once(socket, 'close');
    return seen;
  }
});
