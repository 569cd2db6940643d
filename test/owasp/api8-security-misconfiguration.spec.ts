import { randomUUID } from 'node:crypto';
import { startTestApi, type TestApi } from '../support/api.js';
import type { HttpClient } from '../support/http-client.js';
import { sendBytes } from '../support/raw-http.js';

let api: TestApi;
let customer: HttpClient;
beforeAll(async () => {
  api = await startTestApi();
  customer = await api.as('customer');
});
afterAll(() => api.close());

const requests = '/v1/exemption-requests';
const one = `${requests}/${randomUUID()}`;

/** Every kind of answer: found, refused by each part that can refuse, open pages, what is not there. */
type Kind = readonly [
  status: string,
  ask: () => Promise<{ status: number; headers: Headers }>,
  cache?: string,
];
/** What is the same for everybody may be kept, and is asked after again each time by its ETag. */
const revalidated = 'public, no-cache';
const everyKind = (): readonly Kind[] => [
  ['200', () => customer.get('/v1/subscriptions')],
  ['400', () => customer.get(`${requests}?colour=blue`)],
  ['401', () => api.nobody.get('/v1/subscriptions')],
  ['403', () => customer.get('/v1/admin/exemptions')],
  ['404', () => customer.get(one)],
  ['404', () => customer.get('/v1/nothing')],
  ['413', () => customer.send('POST', requests, { raw: `"${'x'.repeat(300_000)}"` })],
  ['415', () => customer.send('POST', requests, { raw: 'a', headers: { 'content-type': 'text/plain' } })],
  ['400', () => fetch(`${api.url}${requests}/%ff`)],
  ['200', () => api.nobody.get('/docs'), revalidated],
  ['200', () => api.nobody.get('/openapi.json'), revalidated],
  ['200', () => api.nobody.get('/livez')],
  ['404', () => api.nobody.get('/favicon.ico')],
];

describe('every answer (OWASP API8)', () => {
  it('is strict with browsers, is kept by no cache but for open pages, and tells nothing of what serves it', async () => {
    for (const [expected, ask, cache = 'no-store'] of everyKind()) {
      const { status, headers } = await ask();
      expect(String(status)).toBe(expected);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe(cache);
      for (const telltale of ['server', 'x-powered-by', 'via', 'x-aspnet-version'])
        expect(headers.has(telltale)).toBe(false);
    }
  });

  it('under /v1 varies by who asks', async () => {
    for (const { headers } of [await customer.get('/v1/subscriptions'), await customer.get(one)])
      expect(headers.get('vary')).toBe('authorization');
  });

  it('over a connection that cannot be read is as strict', async () => {
    for (const bytes of [
      'nonsense\r\n\r\n',
      `GET ${requests} HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nConnection: close\r\n\r\n`,
    ]) {
      const { headers } = await sendBytes(api.url, bytes);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
      expect(headers).not.toHaveProperty('server');
    }
  });

  it('says in browsers that the service is to be had over https only', async () => {
    const { headers } = await api.nobody.get('/docs');
    expect(headers.get('strict-transport-security')).toMatch(/max-age=[1-9][0-9]{6,}/);
  });
});

describe('other origins (OWASP API8)', () => {
  const origins = ['https://evil.example', 'null', 'http://localhost:3000'];

  it.each(origins)('%s gets no permission, by preflight or otherwise', async (origin) => {
    const preflight = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
      'access-control-request-private-network': 'true',
    };
    const answers = [
      await customer.send('OPTIONS', requests, { headers: preflight }),
      await customer.get('/v1/subscriptions', { origin }),
      await customer.get(one, { origin }),
      await api.nobody.get('/docs', { origin }),
    ];
    for (const { headers } of answers)
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(answers[0]?.status).toBe(404);
  });
});

describe('methods that are not there (OWASP API8)', () => {
  it.each<[method: string, path: string, allow: string | null]>([
    ['DELETE', requests, 'GET, HEAD, POST'],
    ['PATCH', one, 'GET, HEAD'],
    ['PUT', '/livez', 'GET, HEAD'],
    ['OPTIONS', `${one}/withdraw`, 'POST'],
    ['GET', `${one}/withdraw`, 'POST'],
    ['POST', '/v1/nothing', null],
    ['PROPFIND', requests, 'GET, HEAD, POST'],
  ])('%s %s: 404 as a problem, and Allow says what there is', async (method, path, allow) => {
    const answer = await customer.send(method, path, {});
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each(['TRACE', 'CONNECT', 'BREW'])('%s reflects nothing', async (method) => {
    const bytes = `${method} ${requests} HTTP/1.1\r\nHost: a\r\nX-Secret: hunter2\r\nConnection: close\r\n\r\n`;
    const { status, body } = await sendBytes(api.url, bytes);
    expect([0, 400, 404]).toContain(status);
    expect(body).not.toContain('hunter2');
  });

  it('an expectation that nobody can meet: 417; 100-continue is met', async () => {
    const { status, body } = await sendBytes(
      api.url,
      `POST ${requests} HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    expect([status, JSON.parse(body).code]).toEqual([417, 'expectation-unknown']);
    const patient = await sendBytes(
      api.url,
      `POST ${requests} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    expect(patient.status).toBe(100);
    expect(patient.body).toContain('HTTP/1.1 401');
  });
});

it('an error tells its class to nobody: no stack, no statement, no file (OWASP API8)', async () => {
  const restore = await api.cutOffStore();
  const answer = await customer.get('/v1/subscriptions');
  await restore();
  expect(answer.status).toBe(503);
  expect(JSON.stringify(answer.body)).not.toMatch(/at .*\.[jt]s|SELECT|ECONN|Error|postgres/i);
});
