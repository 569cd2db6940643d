import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readiness } from '../../../src/domain/ports/readiness.js';
import { ApiMetrics } from '../../../src/http/api-metrics.js';
import { metricsServer } from '../../../src/http/metrics-server.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import { aRequest, registerSubscription } from '../../support/registry.js';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
/** A server on a free port of this machine. */
async function onLoopback(server: Server) {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { url, close };
}

let api: TestApi;
/** Until `/readyz` says so: what it was told is remembered for a second. */
async function readiness(status: number): Promise<void> {
  while ((await api.nobody.get('/readyz')).status !== status);
}
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

describe('what the API says of itself', () => {
  it('lives, is ready, and measures itself by route patterns', async () => {
    await registerSubscription(await api.as('operator'));
    expect((await api.nobody.get('/livez')).status).toBe(200);
    expect((await api.nobody.get('/readyz')).status).toBe(200);
    // Of its own port: the public one has no such page.
    expect((await api.nobody.get('/metrics')).status).toBe(404);
    const metrics = await onLoopback(metricsServer(api.app.get(ApiMetrics)));
    const body = await (await fetch(`${metrics.url}/metrics`)).text();
    expect((await fetch(`${metrics.url}/v1/subscriptions`)).status).toBe(404);
    await metrics.close();
    expect(body).toContain('route="/v1/admin/subscriptions/:subscriptionId",status="201"');
    expect(body).toMatch(/postern_store_connections\{state="idle"\} [0-9]+/);
    expect(body).toContain('nodejs_eventloop_lag_seconds');
  });

  it('serves the document that is committed, and a page of it', async () => {
    const { body } = await api.nobody.get('/openapi.json');
    expect(body).toEqual(JSON.parse(readFileSync(path.join(root, 'openapi.json'), 'utf8')));
    const page = await api.nobody.get('/docs');
    expect(page.body).toContain('/v1/exemption-requests/:id/events');
  });

  it('makes the document and its page once, and sends neither to whoever has it', async () => {
    for (const page of ['/openapi.json', '/docs']) {
      const { headers } = await api.nobody.get(page);
      const etag = headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[\w-]{20,}"$/);
      expect((await api.nobody.get(page)).headers.get('etag')).toBe(etag);
      for (const held of [etag, `W/${etag}`, `"another", ${etag}`, '*']) {
        const answer = await api.nobody.get(page, { 'if-none-match': held });
        expect([answer.status, answer.headers.get('etag')]).toEqual([304, etag]);
      }
      expect((await api.nobody.get(page, { 'if-none-match': '"another"' })).status).toBe(200);
    }
  });

  it('explains every problem, as page and as JSON; of an unknown one it says 404', async () => {
    const page = await api.nobody.get('/problems/live-request-exists', { accept: 'text/html' });
    expect(page.body).toContain('<h1>live-request-exists</h1>');
    const json = await api.nobody.get('/problems/live-request-exists', { accept: 'application/json' });
    expect(json.body).toEqual({ code: 'live-request-exists', meaning: expect.any(String) });
    expect((await api.nobody.get('/problems/no-such-code')).status).toBe(404);
  });

  it('carries the trace in and out, and echoes the request id', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const answer = await api.nobody.get('/v1/subscriptions', { traceparent, 'x-request-id': 'mine-7' });
    expect(answer.body.traceId).toBe(traceId);
    expect(answer.headers.get('traceparent')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(answer.headers.get('x-request-id')).toBe('mine-7');
    const other = await api.nobody.get('/v1/subscriptions', { traceparent: 'nonsense' });
    expect(other.headers.get('traceparent')).toContain(String(other.body.traceId));
  });

  it('answers HEAD as GET, without a body and behind the same guard', async () => {
    const head = async (where: string, token?: string) => {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = await fetch(`${api.url}${where}`, { method: 'HEAD', headers });
      return [answer.status, await answer.text()];
    };
    expect(await head('/livez')).toEqual([200, '']);
    expect(await head('/v1/subscriptions')).toEqual([401, '']);
    const customer = await api.as('customer');
    const subscriptionId = await registerSubscription(await api.as('operator'));
    const { body } = await customer.post('/v1/exemption-requests', aRequest(subscriptionId));
    const events = `/v1/exemption-requests/${String(body.id)}/events`;
    expect(await head('/v1/subscriptions', customer.token ?? '')).toEqual([200, '']);
    // A stream would never end.
    expect(await head(events, customer.token ?? '')).toEqual([200, '']);
  });

  it('answers nobody from another origin, and tells browsers to be strict', async () => {
    const { headers } = await api.nobody.get('/docs', { origin: 'https://evil.example' });
    expect(headers.has('access-control-allow-origin')).toBe(false);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('is 503 with Retry-After, as a problem, while its store is away; and recovers by itself', async () => {
    const customer = await api.as('customer');
    const subscriptionId = await registerSubscription(await api.as('operator'));
    const restore = await api.cutOffStore();
    const submit = await customer.post('/v1/exemption-requests', aRequest(subscriptionId));
    expect([submit.status, submit.body.code]).toEqual([503, 'unavailable']);
    expect(submit.headers.get('retry-after')).toBe('2');
    await readiness(503);
    expect((await api.nobody.get('/livez')).status).toBe(200);
    await restore();
    expect((await customer.post('/v1/exemption-requests', aRequest(subscriptionId))).status).toBe(201);
    await readiness(200);
  });

  it('is not ready while it drains, and still serves (F5)', async () => {
    api.app.get(Readiness).drain();
    expect((await api.nobody.get('/readyz')).status).toBe(503);
    expect((await (await api.as('customer')).get('/v1/subscriptions')).status).toBe(200);
  });
});
