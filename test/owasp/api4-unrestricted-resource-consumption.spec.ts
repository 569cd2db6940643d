import { randomUUID } from 'node:crypto';
import { startTestApi, type TestApi } from '../support/api.js';
import type { HttpClient } from '../support/http-client.js';
import { sendBytes } from '../support/raw-http.js';
import { aRequest, registerSubscription } from '../support/registry.js';

const requests = '/v1/exemption-requests';
let api: TestApi;
let customer: HttpClient;
let operator: HttpClient;

beforeAll(async () => {
  api = await startTestApi({
    RATE_LIMIT_TENANT: '1000',
    RATE_LIMIT_PRINCIPAL: '400',
    RATE_LIMIT_ADDRESS: '30',
    EVENT_STREAMS: '5',
    EVENT_STREAMS_PRINCIPAL: '3',
    REQUEST_TIMEOUT_SECONDS: '1',
  });
  [customer, operator] = await Promise.all([api.as('customer'), api.as('operator')]);
});
afterAll(() => api.close());

/** Somebody whose points nobody else uses, of a tenant of its own or of the customer's. */
const somebody = (tenant?: string) =>
  api.as('customer', { oid: randomUUID(), ...(tenant === undefined ? {} : { tenant }) });
async function aTenant(): Promise<string> {
  const tenant = randomUUID();
  await operator.put(`/v1/admin/tenants/${tenant}`, { kind: 'customer', name: 'Another' });
  return tenant;
}

/** Left and seconds of a quota, as `RateLimit` says. */
function left(headers: Headers, name: string): { readonly r: number; readonly t: number } {
  const [, r, t] = new RegExp(`"${name}";r=([0-9]+);t=([0-9]+)`).exec(headers.get('ratelimit') ?? '') ?? [];
  return { r: Number(r), t: Number(t) };
}

describe('points of a minute (OWASP API4)', () => {
  it('are told on every answer to somebody identified, whatever it says, and to nobody else', async () => {
    const one = await somebody(await aTenant());
    const answers = [
      await one.get('/v1/subscriptions'),
      await one.get(`${requests}/${randomUUID()}`),
      await one.post(requests, { nonsense: true }),
      await one.get('/v1/admin/exemptions'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 400, 403]);
    for (const { headers } of answers)
      expect(headers.get('ratelimit-policy')).toBe('"tenant";q=1000;w=60, "principal";q=400;w=60');
    // A list 2, a read 1, a submit 5, a list 2: 10 of 400 (or of a new minute's).
    const { r, t } = left(answers[3]?.headers ?? new Headers(), 'principal');
    expect(r).toBeGreaterThanOrEqual(390);
    expect(t).toBeGreaterThan(0);
    expect(t).toBeLessThanOrEqual(60);
    expect((await api.nobody.get('/v1/subscriptions')).headers.has('ratelimit')).toBe(false);
    expect((await api.nobody.get('/livez')).headers.has('ratelimit')).toBe(false);
  });

  it('end: 429 with when to come back, before anything about the request is said; others are unharmed', async () => {
    const tenant = await aTenant();
    const [greedy, colleague] = [await somebody(tenant), await somebody(tenant)];
    const id = randomUUID();
    let refused = await greedy.get(`${requests}/${id}`);
    // 80 submits are 400 points; twice as many, for a minute may turn in between.
    for (let count = 0; count < 165 && refused.status !== 429; count += 1)
      refused = await greedy.post(requests, {});
    expect([refused.status, refused.body.code]).toEqual([429, 'rate-limited']);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(left(refused.headers, 'principal').r).toBeLessThan(5);
    // 403, 404, 415 and 400 are decided after.
    expect((await greedy.post('/v1/admin/violations', {})).status).toBe(429);
    const bad = { raw: '<a/>', headers: { 'content-type': 'application/xml' } };
    expect((await greedy.send('POST', `${requests}/${id}/withdraw`, bad)).status).toBe(429);
    expect((await colleague.get('/v1/subscriptions')).status).toBe(200);
    expect(await api.metrics()).toMatch(/postern_rate_limited_total\{by="principal"\} [1-9]/);
  });
});

it('event streams are three a caller (429), and five a process (503)', async () => {
  const { body } = await customer.post(requests, aRequest(await registerSubscription(operator)));
  const path = `${requests}/${String(body.id)}/events`;
  const reviewer = await api.as('reviewer');
  const streams = [await customer.events(path), await customer.events(path), await customer.events(path)];
  const fourth = await customer.get(path);
  expect([fourth.status, fourth.body.code]).toEqual([429, 'too-many-streams']);
  streams.push(await reviewer.events(path), await reviewer.events(path));
  const sixth = await reviewer.get(path);
  expect([sixth.status, sixth.body.code]).toEqual([503, 'streams-exhausted']);
  expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0);
  // The story ends, the streams with it, and there is room again: who comes back is told that it is over.
  await customer.post(`${requests}/${String(body.id)}/withdraw`);
  for (const stream of streams) while ((await stream.next()) !== null);
  const back = await customer.get(path, { 'last-event-id': '9' });
  expect(back.status).toBe(204);
});

describe('what comes in is bounded (OWASP API4)', () => {
  it.each<[what: string, raw: string, status: number, code: string]>([
    ['a body of 256 kB and more', JSON.stringify({ a: 'x'.repeat(256 * 1024) }), 413, 'body-too-large'],
    ['100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000), 400, 'body-too-complex'],
    ['100,000 elements', `[${'0,'.repeat(100_000)}0]`, 400, 'body-too-complex'],
  ])('%s: %i', async (_what, raw, status, code) => {
    const answer = await (await somebody()).send('POST', requests, { raw });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('a compressed body is not unpacked: 415', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const answer = await (await somebody()).send('POST', requests, { raw: '{}', headers });
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported-media-type']);
  });

  it('a page has 200 rows at most, whatever is asked for', async () => {
    expect((await (await somebody()).get(`${requests}?limit=201`)).status).toBe(400);
  });

  it('a hundred headers and one: 400', async () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`x-${String(index)}`, 'x']));
    const answer = await (await somebody()).get('/v1/subscriptions', many);
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed-request']);
  });

  it.each<[what: string, bytes: string]>([
    ['a head that never ends', `GET ${requests} HTTP/1.1\r\nHost: a\r\nX-Slow: `],
    [
      'a body that never comes',
      `POST ${requests} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\nAuthorization: TOKEN\r\n\r\n{`,
    ],
    [
      'chunks without an end',
      `POST ${requests} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nAuthorization: TOKEN\r\n\r\n1\r\n{\r\n`,
    ],
  ])('%s costs its connection: 408', async (_what, bytes) => {
    const token = `Bearer ${(await somebody()).token ?? ''}`;
    const { status, headers, body } = await sendBytes(api.url, bytes.replace('TOKEN', token));
    expect(status).toBe(408);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ code: 'request-timeout' });
  });
});

// The last one: whoever signs in anew from this address is not heard for the rest of the minute.
it('refused sign-ins are bounded, too: strangers are told 429, and a token that held goes on (OWASP API4)', async () => {
  expect((await customer.get('/v1/subscriptions')).status).toBe(200);
  const codes = new Set<string>();
  for (let count = 0; count < 70; count += 1)
    codes.add((await api.nobody.get('/v1/subscriptions')).body.code);
  expect([...codes]).toEqual(['token-missing', 'too-many-refused-sign-ins']);
  expect((await customer.get('/v1/subscriptions')).status).toBe(200);
});
