import type { SeenCall } from '../support/grid-endpoint.js';
import { startGridWorld, type GridWorld } from '../support/grid-world.js';

let world: GridWorld;
let emulator: GridWorld['emulator'];
let cloud: GridWorld['cloud'];
let endpoint: GridWorld['endpoint'];
let subscribe: GridWorld['subscribe'];
let state: GridWorld['state'];
let deallocate: GridWorld['deallocate'];
beforeEach(async () => {
  world = await startGridWorld();
  ({ emulator, cloud, endpoint, subscribe, state, deallocate } = world);
});
afterEach(() => world.stop());

describe('the handshake of the Event Grid schema', () => {
  it('sends a code, and wants it back', async () => {
    expect(await subscribe()).toMatchObject({ status: 201, body: { provisioningState: 'Succeeded' } });
    const [{ url, headers, body }] = endpoint.seen as [SeenCall];
    expect([url, headers['aeg-event-type'], headers['aeg-subscription-name']]).toEqual([
      '/events?code=secret',
      'SubscriptionValidation',
      'EMULATED',
    ]);
    expect(JSON.parse(body)).toMatchObject([
      {
        eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
        data: { validationCode: expect.any(String), validationUrl: expect.stringContaining(emulator.url) },
      },
    ]);
  });

  it.each([
    ['another code', 200, { validationResponse: 'other' }, 'is not the validationCode'],
    ['202, which is good enough for a delivery only', 202, {}, 'answered 202, not 200'],
    ['a refusal', 401, {}, 'answered 401'],
  ])('is refused by %s', async (_what, status, body, words) => {
    endpoint.shake = () => ({ status, body });
    expect(await subscribe()).toMatchObject({
      status: 400,
      body: { error: { code: 'EndpointValidationFailed', message: expect.stringContaining(words) } },
    });
    expect((await cloud.control('GET', '/event-grid')).status).toBe(404);
  });

  it('may be ended by the link, within ten minutes', async () => {
    endpoint.shake = () => ({ status: 200 });
    expect((await subscribe()).body).toMatchObject({ provisioningState: 'AwaitingManualAction' });
    await deallocate();
    expect(endpoint.deliveries()).toEqual([]);
    const [{ data }] = JSON.parse(endpoint.seen[0]?.body ?? '') as [{ data: { validationUrl: string } }];
    expect((await cloud.arm('GET', data.validationUrl, { token: null })).status).toBe(200);
    expect(await state()).toMatchObject({ provisioningState: 'Succeeded' });
    await subscribe();
    expect((await cloud.arm('GET', data.validationUrl, { token: null })).status).toBe(404);
  });
});

describe('the handshake of CloudEvents', () => {
  const cloudEvents = () => subscribe({ schema: 'cloud-event' });

  it('asks with OPTIONS whether its origin is allowed', async () => {
    expect((await cloudEvents()).status).toBe(201);
    expect(endpoint.seen).toMatchObject([
      { method: 'OPTIONS', headers: { 'webhook-request-origin': 'eventgrid.azure.net' } },
    ]);
  });

  it('takes no other origin, and no status, for consent', async () => {
    endpoint.shake = () => ({ status: 200, headers: { 'webhook-allowed-origin': 'x' } });
    expect((await cloudEvents()).status).toBe(400);
    endpoint.shake = () => ({ status: 405 });
    expect((await cloudEvents()).status).toBe(400);
    endpoint.shake = () => ({ status: 200 });
    expect((await cloudEvents()).body).toMatchObject({ provisioningState: 'AwaitingManualAction' });
  });

  it('is followed by CloudEvents, one a call', async () => {
    await cloudEvents();
    await deallocate();
    const [{ headers, body }] = endpoint.deliveries() as [SeenCall];
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(JSON.parse(body)).toMatchObject({
      specversion: '1.0',
      type: 'Microsoft.Resources.ResourceActionSuccess',
      source: `/subscriptions/${cloud.subscription}`,
      time: '2026-01-10T12:00:01.5000000Z',
      data: { operationName: 'Microsoft.Compute/virtualMachines/deallocate/action' },
    });
  });
});
