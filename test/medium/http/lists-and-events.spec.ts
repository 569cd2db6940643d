import { randomUUID } from 'node:crypto';
import { tenants } from '../../../launch/development-token.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import type { EventReader, HttpClient, ServerSentEvent } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';
import { runChecks } from '../../support/run-checks.js';

let api: TestApi;
let customer: HttpClient;
let operator: HttpClient;
let reviewer: HttpClient;
const requests = '/v1/exemption-requests';

beforeAll(async () => {
  api = await startTestApi();
  customer = await api.as('customer');
  operator = await api.as('operator');
  reviewer = await api.as('reviewer');
});
afterAll(() => api.close());

async function filed(): Promise<string> {
  const { body } = await customer.post(requests, aRequest(await registerSubscription(operator)));
  return body.id as string;
}

describe('lists', () => {
  it('go on with their cursor until it is null, newest first, and Link says the same', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.unshift(await filed());
    const seen: string[] = [];
    let path: string | null = `${requests}?limit=2&state=checking`;
    for (let pages = 0; path !== null && pages < 5; pages += 1) {
      const { body, headers } = await customer.get(path);
      seen.push(...(body.items as { id: string }[]).map(({ id }) => id));
      const link: string | undefined = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
      expect(link === undefined).toBe(body.nextCursor === null);
      if (link !== undefined) expect(new URL(link, api.url).searchParams.get('cursor')).toBe(body.nextCursor);
      path = link ?? null;
    }
    expect(seen).toEqual(ids);
  });

  it('refuse a cursor that was changed, or made for another filter, list or caller', async () => {
    await filed();
    await filed();
    const { body } = await customer.get(`${requests}?limit=1`);
    const cursor = encodeURIComponent(String(body.nextCursor));
    const colleague = await api.as('customer', { oid: randomUUID() });
    const wrong = [
      customer.get(`${requests}?limit=1&state=checking&cursor=${cursor}`),
      customer.get(`${requests}?cursor=x${cursor}`),
      customer.get(`${requests}?cursor=${cursor}.more`),
      customer.get(`/v1/subscriptions?cursor=${cursor}`),
      colleague.get(`${requests}?cursor=${cursor}`),
      customer.get(`${requests}?cursor=eyJ9`),
    ];
    for (const answer of await Promise.all(wrong)) {
      expect([answer.status, answer.body.code]).toEqual([400, 'cursor-invalid']);
    }
    // The limit may change on the way.
    expect((await customer.get(`${requests}?limit=3&cursor=${cursor}`)).status).toBe(200);
  });

  it('of the platform show all tenants, each as openapi.json says', async () => {
    const analyst = await api.as('analyst');
    for (const path of [
      '/v1/admin/exemption-requests?sort=newest&limit=3',
      '/v1/admin/exemptions',
      '/v1/admin/policy-packs',
      '/v1/admin/policy-packs/p3',
      '/v1/admin/settings',
    ])
      expect([path, (await reviewer.get(path)).status]).toEqual([path, 200]);
    expect((await analyst.get('/v1/admin/violations')).status).toBe(200);
    expect((await operator.get('/v1/admin/effects?state=pending&limit=2')).body.items).toHaveLength(2);
  });
});

/** Reads events until one is as wanted; the stream itself bounds the waiting. */
async function until(reader: EventReader, wanted: (event: ServerSentEvent) => boolean) {
  const seen: ServerSentEvent[] = [];
  for (;;) {
    const event = await reader.next();
    if (event === null) throw new Error(`the stream ended after ${seen.map((one) => one.event).join(', ')}`);
    seen.push(event);
    if (wanted(event)) return seen;
  }
}

describe('the event stream of a request', () => {
  it('tells what the history tells, live, and ends with the story; who comes back is told to come no more', async () => {
    const id = await filed();
    const stream = await customer.events(`${requests}/${id}/events`);
    expect(stream.response.headers.get('content-type')).toMatch('text/event-stream');
    const [first] = await until(stream, () => true);
    expect(first).toMatchObject({ id: '1', data: { sequence: 1, by: 'you' } });
    await customer.post(`${requests}/${id}/withdraw`, { reason: 'we found a relay' });
    const rest: ServerSentEvent[] = [];
    for (let event = await stream.next(); event !== null; event = await stream.next()) rest.push(event);
    const { body } = await customer.get(`${requests}/${id}/history`);
    expect([first, ...rest].map((event) => event?.data)).toEqual(body.items);
    for (const [index, { event, id: sequence }] of rest.entries())
      expect([event, sequence]).toEqual([body.items[index + 1].event, String(index + 2)]);
    const last = String(rest.at(-1)?.id);
    const back = await customer.get(`${requests}/${id}/events`, { 'last-event-id': last });
    expect(back.status).toBe(204);
  });

  it('goes on after Last-Event-ID, given as header or parameter', async () => {
    const id = await filed();
    await runChecks(api);
    await until(
      await customer.events(`${requests}/${id}/events`),
      ({ id: sequence }) => sequence === '2',
    ).then((seen) => expect(seen).toHaveLength(2));
    for (const stream of [
      await customer.events(`${requests}/${id}/events`, { 'last-event-id': '1' }),
      await customer.events(`${requests}/${id}/events?lastEventId=1`),
    ]) {
      expect((await stream.next())?.id).toBe('2');
      stream.close();
    }
  });

  it('is for whom the request is in scope, and ends when that is over (I12)', async () => {
    const subscriptionId = await registerSubscription(operator, {
      offer: { quotaId: 'CSP_2015-05-01' },
      partnerTenantId: tenants.partner,
    });
    const partner = await api.as('partner');
    const { body } = await partner.post(
      requests,
      aRequest(subscriptionId, { onBehalfOf: { customerTenantId: tenants.customer } }),
    );
    const stream = await partner.events(`${requests}/${String(body.id)}/events`);
    await until(stream, () => true);
    const relationship = `/v1/admin/partner-relationships/${tenants.partner}/${tenants.customer}`;
    const validFrom = '2020-01-01T00:00:00Z';
    await operator.put(relationship, { status: 'terminated', validFrom });
    await customer.post(`${requests}/${String(body.id)}/withdraw`);
    expect(await stream.next()).toBeNull();
    await operator.put(relationship, { status: 'active', validFrom });
  });

  it('ends with the token that opened it', async () => {
    const id = await filed();
    // Expired already, and still within the tolerance for clocks that differ.
    const late = await api.as('customer', { expiresIn: -5 });
    const stream = await late.events(`${requests}/${id}/events`);
    expect(stream.response.status).toBe(200);
    for (let event = await stream.next(); event !== null; event = await stream.next())
      expect(event.id).toBe('1');
  });
});
