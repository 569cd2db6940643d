import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { startEmulator } from '../../emulator/emulator.js';
import { signedWith, unsigned } from '../../src/adapters/gate/gate-headers.js';
import { HttpGate } from '../../src/adapters/gate/http-gate.adapter.js';
import type { GateControl } from '../../src/domain/ports/gate-control.js';
import { FakeCloud } from '../support/fake-cloud.js';
import {
  sendJson,
  startLoopbackServer,
  type LoopbackServer,
  type SeenRequest,
} from '../support/loopback-server.js';

/** A gate under test, of one subscription, and what a test does behind its back. */
export interface GateUnderTest {
  readonly gate: GateControl;
  readonly subscriptionId: string;
  /** The next call of a kind is throttled, with `Retry-After: 7`. */
  throttleNext(what: 'read' | 'move'): void;
  /** The next move is carried out, and its answer is lost. */
  loseNextAnswer(): void;
  /** From now on its position holds for running machines too. */
  reachRunning(): void;
  advance(milliseconds: number): void;
  stop(): Promise<void>;
}

const begin = '2026-01-10T12:00:00.000Z';

async function emulatorGate(): Promise<GateUnderTest> {
  const emulator = await startEmulator();
  const { world, url } = emulator;
  world.clock.set(begin);
  const subscriptionId = randomUUID();
  const { subscription } = world.cloud.putSubscription(subscriptionId, {});
  const methods = { read: 'GET', move: 'PUT' } as const;
  return {
    gate: new HttpGate(`${url}/_control`, unsigned),
    subscriptionId,
    throttleNext: (what) => {
      const match = { path: '/gate', method: methods[what] };
      world.faults.add({ kind: 'throttle', retryAfter: 7, match, times: 1 });
    },
    loseNextAnswer: () =>
      void world.faults.add({ kind: 'accept-then-reset', match: { path: '/gate' }, times: 1 }),
    reachRunning: () => void (subscription.appliesTo = 'running'),
    advance: (milliseconds) => world.clock.advance(milliseconds),
    stop: () => emulator.stop(),
  };
}

function fakeGate(): Promise<GateUnderTest> {
  const cloud = new FakeCloud(begin);
  const subscriptionId = randomUUID();
  cloud.createSubscription(subscriptionId);
  const throttled = { kind: 'unavailable', code: 'http-429', retryAfterSeconds: 7 } as const;
  const lost = { kind: 'unavailable', code: 'no-answer', retryAfterSeconds: null } as const;
  return Promise.resolve({
    gate: cloud,
    subscriptionId,
    throttleNext: (what) => cloud.answerWrongly(what, throttled),
    loseNextAnswer: () => cloud.answerWrongly('move', lost, { lose: true }),
    reachRunning: () => cloud.setReach(subscriptionId, 'running'),
    advance: (milliseconds) => cloud.advance(milliseconds),
    stop: () => Promise.resolve(),
  });
}

export const fabricSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** What an operator's own fabric could be: it believes signed calls only, and keeps one gate in a fake cloud. */
export async function startFabric(
  cloud: FakeCloud,
  before: (request: SeenRequest) => { readonly status: number } | 'lose' | null = () => null,
): Promise<LoopbackServer> {
  const webhook = new Webhook(fabricSecret);
  return startLoopbackServer((request, response) => {
    void (async () => {
      try {
        webhook.verify(request.body, request.headers as Record<string, string>);
        mustBeMeant(request);
      } catch {
        sendJson(response, 401, { error: { code: 'SignatureInvalid' } });
        return;
      }
      const obstacle = before(request);
      if (obstacle !== null && obstacle !== 'lose') {
        response.writeHead(obstacle.status, { 'retry-after': '7' }).end();
        return;
      }
      const { status, body } = await answerOf(cloud, request);
      if (obstacle === 'lose') response.destroy();
      else sendJson(response, status, body);
    })();
  });
}

/** The signed id says for which method and subscription a call was made: any other is one that was caught and sent again. */
function mustBeMeant({ method, url, headers }: SeenRequest): void {
  const [, verb, id] = /^gate_(get|put)_([0-9a-f-]{36})_/.exec(String(headers['webhook-id'])) ?? [];
  const path = /^\/v1\/subscriptions\/([^/]+)\/gate$/.exec(url)?.[1];
  if (verb !== method.toLowerCase() || id !== path) throw new Error('not meant for this');
}

async function answerOf(cloud: FakeCloud, { method, url, body }: SeenRequest) {
  const id = /^\/v1\/subscriptions\/([^/]+)\/gate$/.exec(url)?.[1] ?? '';
  const moved =
    method === 'PUT'
      ? await move(cloud, id, JSON.parse(body) as { gate: 'open' | 'closed'; fence: number })
      : null;
  const reading = await cloud.read(id);
  if (reading.kind !== 'read') return { status: 404, body: {} };
  const { position: gate, fence, movedAt, appliesTo } = reading;
  // This fabric refuses without a word: the adapter has to look for itself.
  if (moved === 'fence-too-small') return { status: 409, body: {} };
  return { status: 200, body: { gate, fence, movedAt, appliesTo } };
}

async function move(cloud: FakeCloud, id: string, order: { gate: 'open' | 'closed'; fence: number }) {
  return (await cloud.move(id, order.gate, order.fence)).kind;
}

async function signedGate(): Promise<GateUnderTest> {
  const cloud = new FakeCloud(begin);
  const subscriptionId = randomUUID();
  cloud.createSubscription(subscriptionId);
  const obstacles: { readonly method: string; readonly what: { readonly status: number } | 'lose' }[] = [];
  const fabric = await startFabric(cloud, ({ method }) => {
    const index = obstacles.findIndex((one) => one.method === method);
    return index < 0 ? null : (obstacles.splice(index, 1)[0]?.what ?? null);
  });
  return {
    gate: new HttpGate(`${fabric.url}/v1/`, signedWith(fabricSecret)),
    subscriptionId,
    throttleNext: (what) =>
      void obstacles.push({ method: what === 'read' ? 'GET' : 'PUT', what: { status: 429 } }),
    loseNextAnswer: () => void obstacles.push({ method: 'PUT', what: 'lose' }),
    reachRunning: () => cloud.setReach(subscriptionId, 'running'),
    advance: (milliseconds) => cloud.advance(milliseconds),
    stop: () => fabric.stop(),
  };
}

/** What the contract of the gate is kept by. */
export const gates = [
  ['the emulator’s switchboard', emulatorGate],
  ['an operator’s fabric that wants signatures', signedGate],
  ['the fake cloud', fakeGate],
] as const;
