import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { signedWith, unsigned } from '../../src/adapters/gate/gate-headers.js';
import { HttpGate, type GateCall } from '../../src/adapters/gate/http-gate.adapter.js';
import { FakeCloud } from '../support/fake-cloud.js';
import {
  sendJson,
  startLoopbackServer,
  type LoopbackServer,
  type SeenRequest,
} from '../support/loopback-server.js';
import { fabricSecret, gates, startFabric, type GateUnderTest } from './gates.js';

describe.each(gates)('%s', (_name, open) => {
  let under: GateUnderTest;
  beforeEach(async () => {
    under = await open();
  });
  afterEach(() => under.stop());
  const read = () => under.gate.read(under.subscriptionId);
  const move = (position: 'open' | 'closed', fence: number) =>
    under.gate.move(under.subscriptionId, position, fence);
  const begin = '2026-01-10T12:00:00.000Z';
  const opened = { kind: 'moved', fence: 3, movedAt: begin, appliesTo: 'next-start' };

  it('is closed before it was ever moved', async () => {
    const never = { kind: 'read', position: 'closed', fence: 0, movedAt: null, appliesTo: 'next-start' };
    expect(await read()).toEqual(never);
  });

  it('moves with a larger fence, and tells when on the cloud’s clock', async () => {
    expect(await move('open', 3)).toEqual(opened);
    const reading = { kind: 'read', position: 'open', fence: 3, movedAt: begin, appliesTo: 'next-start' };
    expect(await read()).toEqual(reading);
    under.advance(60_000);
    expect(await move('closed', 4)).toEqual({ ...opened, fence: 4, movedAt: '2026-01-10T12:01:00.000Z' });
  });

  it('answers the same order again as it did the first time (I8)', async () => {
    await move('open', 3);
    under.advance(60_000);
    expect(await move('open', 3)).toEqual(opened);
  });

  it('refuses a smaller fence, and the same one with the other position, and says where it stands (F21)', async () => {
    await move('open', 3);
    const refused = { kind: 'fence-too-small', theirFence: 3 };
    expect(await move('closed', 2)).toEqual(refused);
    expect(await move('closed', 3)).toEqual(refused);
    expect(await read()).toMatchObject({ position: 'open', fence: 3 });
  });

  it('says when its position holds for running machines at once', async () => {
    under.reachRunning();
    expect(await move('open', 3)).toEqual({ ...opened, appliesTo: 'running' });
    expect(await read()).toMatchObject({ appliesTo: 'running' });
  });

  it('that is throttled was not moved, and says when to come back (F9)', async () => {
    const throttled = { kind: 'unavailable', code: 'http-429', retryAfterSeconds: 7 };
    under.throttleNext('move');
    expect(await move('open', 3)).toEqual(throttled);
    under.throttleNext('read');
    expect(await read()).toEqual(throttled);
    expect(await read()).toMatchObject({ position: 'closed', fence: 0 });
  });

  it('whose answer was lost is asked again with the same fence, which is safe (F2)', async () => {
    under.loseNextAnswer();
    expect(await move('open', 3)).toEqual({
      kind: 'unavailable',
      code: 'no-answer',
      retryAfterSeconds: null,
    });
    expect(await move('open', 3)).toEqual(opened);
  });

  it('of a subscription that is not there is unavailable', async () => {
    const unavailable = { kind: 'unavailable', code: 'http-404', retryAfterSeconds: null };
    expect(await under.gate.read(randomUUID())).toEqual(unavailable);
    expect(await under.gate.move(randomUUID(), 'open', 1)).toEqual(unavailable);
  });
});

describe('the signature (Standard Webhooks 1.0)', () => {
  const subscriptionId = randomUUID();
  let fabric: LoopbackServer;
  beforeEach(async () => {
    const cloud = new FakeCloud();
    cloud.createSubscription(subscriptionId);
    fabric = await startFabric(cloud);
  });
  afterEach(() => fabric.stop());

  it.each([
    ['of another secret', signedWith(`whsec_${Buffer.alloc(32, 8).toString('base64')}`)],
    [
      'of another body',
      (call: GateCall) => signedWith(fabricSecret)({ ...call, body: '{"gate":"closed","fence":9}' }),
    ],
    [
      'of another subscription',
      (call: GateCall) => signedWith(fabricSecret)({ ...call, subscriptionId: randomUUID() }),
    ],
    ['of a reading', (call: GateCall) => signedWith(fabricSecret)({ ...call, method: 'GET' })],
    ['that is not there', unsigned],
  ])('%s moves nothing', async (_name, headers) => {
    const gate = new HttpGate(`${fabric.url}/v1`, headers);
    expect(await gate.move(subscriptionId, 'open', 1)).toMatchObject({
      kind: 'unavailable',
      code: 'http-401',
    });
    const truth = await new HttpGate(`${fabric.url}/v1`, signedWith(fabricSecret)).read(subscriptionId);
    expect(truth).toMatchObject({ position: 'closed', fence: 0 });
  });

  it('holds for its own subscription only: an order that was caught opens no other gate', async () => {
    const gate = new HttpGate(`${fabric.url}/v1`, signedWith(fabricSecret));
    await gate.move(subscriptionId, 'open', 1);
    const [caught] = fabric.seen;
    const again = (id: string) =>
      fetch(`${fabric.url}/v1/subscriptions/${id}/gate`, {
        method: 'PUT',
        headers: caught?.headers as Record<string, string>,
        body: caught?.body ?? '',
      });
    expect((await again(randomUUID())).status).toBe(401);
    // For its own it is what it was: the fence makes it harmless.
    expect((await again(subscriptionId)).status).toBe(200);
  });

  it('is another one for every call, and never the secret', async () => {
    const gate = new HttpGate(`${fabric.url}/v1`, signedWith(fabricSecret));
    await gate.move(subscriptionId, 'open', 1);
    await gate.move(subscriptionId, 'open', 1);
    const ids = fabric.seen.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(2);
    expect(fabric.seen[0]?.body).toBe('{"gate":"open","fence":1}');
    expect(JSON.stringify(fabric.seen)).not.toContain(fabricSecret.slice('whsec_'.length));
  });
});

describe('a fabric that misbehaves teaches nothing', () => {
  let server: LoopbackServer;
  let behave: (response: ServerResponse, request: SeenRequest) => void;
  beforeEach(async () => {
    server = await startLoopbackServer((request, response) => behave(response, request));
  });
  let elsewhere: LoopbackServer;
  beforeEach(async () => {
    elsewhere = await startLoopbackServer((_request, response) => sendJson(response, 200, {}));
  });
  afterEach(() => Promise.all([server.stop(), elsewhere.stop()]));
  const gate = (timeoutMs?: number) => new HttpGate(server.url, signedWith(fabricSecret), timeoutMs);
  const at = '2026-01-10T12:00:00Z';

  it.each<[string, object, string]>([
    ['another fence', { gate: 'open', fence: 2, movedAt: at }, 'answer-contradicts-order'],
    ['another position', { gate: 'closed', fence: 1, movedAt: at }, 'answer-contradicts-order'],
    ['no time', { gate: 'open', fence: 1, movedAt: null }, 'answer-contradicts-order'],
    ['a time that is none', { gate: 'open', fence: 1, movedAt: 'soon' }, 'answer-contradicts-order'],
    ['no position', { fence: 1, movedAt: at }, 'answer-not-understood'],
    [
      'more than 64 kB',
      { gate: 'open', fence: 1, movedAt: at, more: 'x'.repeat(70_000) },
      'answer-too-large',
    ],
  ])('answering %s', async (_name, body, code) => {
    behave = (response) => sendJson(response, 200, body);
    expect(await gate().move('s', 'open', 1)).toEqual({ kind: 'unavailable', code, retryAfterSeconds: null });
  });

  it('a conflict at a smaller fence is about something else', async () => {
    behave = (response) => sendJson(response, 409, { fence: 1 });
    expect(await gate().move('s', 'open', 2)).toMatchObject({ code: 'answer-contradicts-order' });
  });

  it('a refusal that is followed by a failing look', async () => {
    behave = (response, { method }) => void response.writeHead(method === 'PUT' ? 409 : 500).end();
    expect(await gate().move('s', 'open', 2)).toMatchObject({ kind: 'unavailable', code: 'http-500' });
  });

  it('a reading whose time is none', async () => {
    behave = (response) => sendJson(response, 200, { gate: 'open', fence: 1, movedAt: 'soon' });
    expect(await gate().read('s')).toMatchObject({ kind: 'unavailable', code: 'answer-not-understood' });
  });

  it('a redirect is not followed', async () => {
    behave = (response) => void response.writeHead(308, { location: elsewhere.url }).end();
    expect(await gate().move('s', 'open', 1)).toMatchObject({ kind: 'unavailable', code: 'no-answer' });
    expect(elsewhere.seen).toEqual([]);
  });

  it('silence ends', async () => {
    behave = () => undefined;
    expect(await gate(150).move('s', 'open', 1)).toMatchObject({ kind: 'unavailable', code: 'no-answer' });
  });
});
