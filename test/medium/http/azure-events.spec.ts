import { randomUUID } from 'node:crypto';
import { startTestApi, type TestApi } from '../../support/api.js';

const secret = 'a-secret-of-events-of-32-characters';
const next = 'the-one-that-follows-it-later-on-by-and-by';
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ EVENT_SECRETS: `${secret},${next}` });
});
afterAll(() => api.close());

interface Delivery {
  readonly method?: string;
  readonly query?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
async function deliver({
  method = 'POST',
  query = '',
  type = 'application/json',
  headers = {},
  body,
}: Delivery) {
  const response = await fetch(`${api.url}/v1/events/azure${query}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
const known = { 'x-postern-event-secret': secret };
const handshake = [
  {
    id: randomUUID(),
    topic: '/subscriptions/x',
    subject: '',
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: '2026-03-01T12:00:00.1234567Z',
    data: {
      validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6',
      validationUrl: 'https://elsewhere.example',
    },
    dataVersion: '2',
  },
];
const about = (subscriptionId: string) => ({
  id: randomUUID(),
  type: 'Microsoft.Resources.ResourceActionSuccess',
  specversion: '1.0',
  source: `/subscriptions/${subscriptionId}`,
  subject: `/subscriptions/${subscriptionId}/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/mx1`,
  time: '2026-03-01T12:00:00Z',
  data: { operationName: 'Microsoft.Compute/virtualMachines/start/action' },
});

describe('Event Grid (E3)', () => {
  it('is answered its handshake, in both schemas', async () => {
    const own = await deliver({
      headers: { ...known, 'aeg-event-type': 'SubscriptionValidation' },
      body: handshake,
    });
    expect(own).toMatchObject({
      status: 200,
      body: { validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' },
    });
    const origin = { 'webhook-request-origin': 'eventgrid.azure.net', 'webhook-request-rate': '100' };
    const asked = await deliver({ method: 'OPTIONS', headers: { ...known, ...origin } });
    expect(asked.status).toBe(200);
    expect(asked.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
    const others = await deliver({
      method: 'OPTIONS',
      headers: { ...known, 'webhook-request-origin': 'eventgrid.azure.net.evil.example' },
    });
    expect(others.headers.get('webhook-allowed-origin')).toBeNull();
  });

  it.each<[string, Delivery]>([
    ['nothing', {}],
    ['another secret', { headers: { 'x-postern-event-secret': `${secret}x` } }],
    ['another secret in the query', { query: '?secret=nothing' }],
    ['half of the secret', { headers: { 'x-postern-event-secret': secret.slice(0, 20) } }],
  ])('is nobody who comes with %s (OWASP API2)', async (_name, delivery) => {
    for (const body of [handshake, [about(randomUUID())]])
      expect(await deliver({ ...delivery, body })).toMatchObject({ status: 401 });
    expect((await deliver({ ...delivery, method: 'OPTIONS' })).status).toBe(401);
  });

  it('is heard with a token of the role Ingest, and with either secret, in a header or in the query', async () => {
    const feed = await api.as('ingest');
    const bearer = { authorization: `Bearer ${feed.token ?? ''}` };
    for (const delivery of [{ headers: bearer }, { headers: known }, { query: `?secret=${next}` }])
      expect(await deliver({ ...delivery, body: [about(randomUUID())] })).toMatchObject({ status: 200 });
    const reviewer = { authorization: `Bearer ${(await api.as('reviewer')).token ?? ''}` };
    expect((await deliver({ headers: reviewer, body: [] })).status).toBe(403);
  });

  it('holds a secret that opens no other door', async () => {
    const response = await fetch(`${api.url}/v1/subscriptions?secret=${secret}`, { headers: known });
    expect(response.status).toBe(401);
  });

  it('may send CloudEvents, one or several; unknown ones and broken ones are passed over', async () => {
    const one = about(randomUUID());
    for (const [type, body] of [
      ['application/cloudevents+json; charset=utf-8', one],
      [
        'application/cloudevents-batch+json',
        [one, { ...one, type: 'Another.Event' }, 7, null, { id: '\u0000' }],
      ],
    ] as const)
      expect(await deliver({ headers: known, type, body })).toMatchObject({
        status: 200,
        body: { taken: 0 },
      });
    const elsewhere = await fetch(`${api.url}/v1/eligibility`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${(await api.as('customer')).token ?? ''}`,
        'content-type': 'application/cloudevents+json',
      },
      body: '{}',
    });
    expect(elsewhere.status).toBe(415);
  });

  it('is bounded (OWASP API4)', async () => {
    const huge = [{ ...about(randomUUID()), extra: 'x'.repeat(300_000) }];
    expect((await deliver({ headers: known, body: huge })).status).toBe(413);
  });
});
