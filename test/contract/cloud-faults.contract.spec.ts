import { randomUUID } from 'node:crypto';
import { startEmulator, type RunningEmulator } from '../../emulator/emulator.js';
import type { FaultOrder } from '../../emulator/faults.js';
import { ArmClient } from '../../src/adapters/azure/arm-client.js';
import { AzureCompute } from '../../src/adapters/azure/azure-compute.adapter.js';
import { sendJson, startLoopbackServer } from '../support/loopback-server.js';
import { accepted } from './clouds.js';

let emulator: RunningEmulator;
let compute: AzureCompute;
let subscriptionId: string;
let machine: string;

beforeEach(async () => {
  emulator = await startEmulator();
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  compute = computeWithin(5_000);
  subscriptionId = randomUUID();
  const { subscription } = emulator.world.cloud.putSubscription(subscriptionId, { state: 'Enabled' });
  machine = emulator.world.cloud.putMachine(subscription, 'rg', 'mx1', { location: 'westeurope' }).machine.id;
});
afterEach(() => emulator.stop());

function computeWithin(milliseconds: number): AzureCompute {
  const credential = { token: () => Promise.resolve('token-that-must-not-leave') };
  return new AzureCompute(new ArmClient(emulator.url, credential, milliseconds));
}

function fault(kind: FaultOrder['kind'], more: Partial<FaultOrder> = {}): void {
  emulator.world.faults.add({ kind, match: {}, ...more });
}

const order = () => accepted(compute.deallocate(machine));

describe('an operation of the cloud that goes wrong (F10)', () => {
  it('and is said to lie on another host is not followed there, with or without the token', async () => {
    const elsewhere = await startLoopbackServer((_request, response) =>
      sendJson(response, 200, { status: 'Succeeded', endTime: '2026-01-10T12:00:00Z' }),
    );
    try {
      fault('operation-elsewhere', { origin: elsewhere.url });
      const url = await order();
      expect(new URL(url).origin).toBe(elsewhere.url);
      expect(await compute.readOperation(url)).toEqual({ kind: 'foreign-host' });
      expect(elsewhere.seen).toEqual([]);
      expect(await compute.readMachine(machine)).toMatchObject({ powerState: 'deallocating' });
    } finally {
      await elsewhere.stop();
    }
  });

  it('and never ends is running for as long as it is asked', async () => {
    fault('operation-endless');
    const url = await order();
    emulator.world.clock.advance(86_400_000);
    expect(await compute.readOperation(url)).toEqual({ kind: 'running', retryAfterSeconds: null });
  });

  it('and is answered with 404 is gone, and the machine tells', async () => {
    const url = await order();
    fault('operation-gone');
    emulator.world.clock.advance(60_000);
    expect(await compute.readOperation(url)).toEqual({ kind: 'gone' });
    expect(await compute.readMachine(machine)).toMatchObject({ powerState: 'deallocated' });
  });

  it('and whose URL was changed on the way is neither over nor gone', async () => {
    const url = await order();
    emulator.world.clock.advance(60_000);
    const answer = await compute.readOperation(url.slice(0, -1));
    expect(answer).toEqual({ kind: 'unavailable', code: 'AuthorizationFailed', retryAfterSeconds: null });
  });
});

describe('a storm (F9) teaches nothing, and no answer shows the signature of a URL', () => {
  const storms: readonly (readonly [
    string,
    FaultOrder['kind'],
    Partial<FaultOrder>,
    string,
    number | null,
  ])[] = [
    ['429 with Retry-After', 'throttle', { retryAfter: 17 }, 'http-429', 17],
    ['429 without it', 'throttle', {}, 'http-429', null],
    ['503', 'error', { status: 503, code: 'ServiceUnavailable' }, 'http-503', null],
    ['resets', 'reset', {}, 'und_err_socket', null],
    ['truncated JSON', 'truncate', {}, 'answer-cut-short', null],
    ['a latency above the limit', 'delay', { delayMs: 30_000 }, 'timeout', null],
  ];

  it.each(storms)('%s', async (_name, kind, more, code, retryAfterSeconds) => {
    const url = await order();
    emulator.world.clock.advance(60_000);
    fault(kind, more);
    if (kind === 'delay') compute = computeWithin(150);
    const nothing = { code, retryAfterSeconds };
    const answers = [
      await compute.readOperation(url),
      await compute.readMachine(machine),
      await compute.listMachines(subscriptionId),
      await compute.listPowerStates(subscriptionId),
      await compute.readSubscription(subscriptionId),
    ];
    expect(answers).toMatchObject([
      { kind: 'unavailable', ...nothing },
      { kind: 'unknown', ...nothing },
      { kind: 'incomplete', ...nothing },
      { kind: 'incomplete', ...nothing },
      { kind: 'unavailable', ...nothing },
    ]);
    for (const secret of [new URL(url).searchParams.get('h') ?? url, url.slice(-43), 'must-not-leave'])
      expect(JSON.stringify(answers)).not.toContain(secret);
    emulator.world.faults.clear();
    compute = computeWithin(5_000);
    expect(await compute.readOperation(url)).toMatchObject({ kind: 'succeeded' });
  });

  it('one call to the adapter is one call to the cloud: nothing is repeated behind the worker’s back', async () => {
    fault('throttle');
    await compute.deallocate(machine);
    await compute.listMachines(subscriptionId);
    expect(emulator.world.calls.since(undefined).map(({ status }) => status)).toEqual([429, 429]);
  });
});

describe('a listing that does not hold what there is (F24)', () => {
  it('though it says that it is whole: the machine itself is asked', async () => {
    for (const kind of ['vanish', 'empty-list'] as const) {
      fault(kind);
      expect(await compute.listMachines(subscriptionId)).toEqual({ kind: 'complete', items: [] });
      expect(await compute.readMachine(machine)).toMatchObject({ kind: 'found', powerState: 'running' });
      emulator.world.faults.clear();
    }
  });

  it('because the cloud was started again and is empty: nobody is declared gone', async () => {
    const url = await order();
    emulator.world.cloud.reset();
    emulator.world.operations.reset();
    expect(await compute.listMachines(subscriptionId)).toMatchObject({ kind: 'incomplete' });
    expect(await compute.readMachine(machine)).toMatchObject({
      kind: 'unknown',
      code: 'SubscriptionNotFound',
    });
    expect((await compute.readOperation(url)).kind).not.toBe('succeeded');
  });
});
