import { startEmulator, type RunningEmulator } from '../../emulator/emulator.js';
import { CloudClient } from '../../emulator/support/cloud-client.js';
import { ArmClient } from '../../src/adapters/azure/arm-client.js';
import { ArmBudget } from '../../src/adapters/azure/arm-budget.js';
import { chargeOf } from '../../src/adapters/azure/azure-charges.js';
import { azurePolicies, type PolicyName } from '../../src/adapters/azure/azure-policies.js';
import { AzureRestartScenes } from '../../src/adapters/azure/azure-restart-scenes.adapter.js';
import {
  type CallBucket,
  type CloudWord,
  fullBucket,
  heardOf,
  takeToken,
  type Taking,
} from '../../src/domain/enforcement/call-bucket.js';
import { previewRestarts } from '../../src/domain/enforcement/preview.js';
import { defaultRestartPlan } from '../../src/domain/enforcement/restart-plan.js';
import { ordinaryCall } from '../../src/domain/ports/compute-control-plane.js';
import { CallBudget, type CallCharge } from '../../src/domain/ports/call-budget.js';
import { sendJson, startLoopbackServer } from '../support/loopback-server.js';

let emulator: RunningEmulator;
let cloud: CloudClient;
beforeEach(async () => {
  emulator = await startEmulator();
  emulator.world.pageSize = 2;
  cloud = new CloudClient(emulator.url);
  await cloud.createSubscription();
});
afterEach(() => emulator.stop());

/** Lets everything through, and remembers what it was told. */
class Listening extends CallBudget {
  readonly words: CloudWord[] = [];
  override take(): Promise<Taking> {
    return Promise.resolve({ kind: 'granted' });
  }
  override heard(_charge: unknown, word: CloudWord): Promise<void> {
    this.words.push(word);
    return Promise.resolve();
  }
}

/** The real buckets, in memory, on a clock that the test sets. */
class InMemory extends CallBudget {
  nowMs = 0;
  private readonly buckets = new Map<string, CallBucket>();
  bucketOf({ policy, size }: Pick<CallCharge, 'policy' | 'size'>): CallBucket {
    return this.buckets.get(policy) ?? fullBucket(size, 0);
  }
  override take(charge: CallCharge): Promise<Taking> {
    const { bucket, taking } = takeToken(this.bucketOf(charge), charge.size, {
      ...charge,
      nowMs: this.nowMs,
    });
    this.buckets.set(charge.policy, bucket);
    return Promise.resolve(taking);
  }
  override heard(charge: CallCharge, word: CloudWord): Promise<void> {
    const at = { nowMs: this.nowMs, chance: 0 };
    this.buckets.set(charge.policy, heardOf(this.bucketOf(charge), charge.size, word, at));
    return Promise.resolve();
  }
}

const scenesAt = (url: string, budget: CallBudget = new Listening()) =>
  new AzureRestartScenes(
    new ArmClient(url, { token: () => Promise.resolve('any') }, undefined, new ArmBudget(budget)),
  );

async function machineWithAddress(name: string, publicIPAllocationMethod: string): Promise<void> {
  const address = cloud.resource('Microsoft.Network/publicIPAddresses', `ip-${name}`);
  const card = cloud.resource('Microsoft.Network/networkInterfaces', `nic-${name}`);
  await cloud.put(address, { properties: { publicIPAllocationMethod } });
  await cloud.put(card, {
    properties: { ipConfigurations: [{ name: 'main', properties: { publicIPAddress: { id: address } } }] },
  });
  await cloud.create(name, {
    networkProfile: { networkInterfaces: [{ id: card }] },
    hardwareProfile: { vmSize: 'Standard_D2ds_v5' },
  });
}

describe('what a restart plan would meet, on the emulated cloud', () => {
  it('is machines, their interfaces and addresses, over all pages', async () => {
    await machineWithAddress('mx1', 'Dynamic');
    await machineWithAddress('mx2', 'Static');
    await machineWithAddress('mx3', 'Dynamic');
    const scene = await scenesAt(emulator.url).look(cloud.subscription, 10_000);
    expect(scene).toMatchObject({
      subscription: { kind: 'found' },
      scaleSets: { kind: 'complete', items: [] },
    });
    if (scene.machines.kind === 'incomplete' || scene.publicAddresses.kind === 'incomplete')
      throw new Error('a listing is not whole');
    expect(scene.machines.items.map(({ name, size }) => [name, size])).toEqual(
      ['mx1', 'mx2', 'mx3'].map((name) => [name, 'Standard_D2ds_v5']),
    );
    const allocations = scene.publicAddresses.items.map(({ allocation }) => allocation);
    expect(allocations).toEqual(['dynamic', 'static', 'dynamic']);
    expect(scene.powerStates).toMatchObject({
      items: [{ powerState: 'running' }, { powerState: 'running' }, { powerState: 'running' }],
    });
    const [first] = scene.machines.items;
    const cards = scene.interfaces.kind === 'complete' ? scene.interfaces.items : [];
    expect(cards[0]?.resourceId.toLowerCase()).toBe(first?.interfaceIds?.[0]?.toLowerCase());
  });

  it('costs one statusOnly listing for all power states, and no call a machine', async () => {
    await cloud.create('mx1');
    await cloud.create('mx2');
    const before = emulator.world.calls.since(undefined).length;
    await scenesAt(emulator.url).look(cloud.subscription, 10_000);
    expect(emulator.world.calls.since(undefined).slice(before)).toHaveLength(6);
  });

  it('has the instances of a uniform scale set with their power states, or says which set was not looked at', async () => {
    const set = cloud.resource('Microsoft.Compute/virtualMachineScaleSets', 'farm');
    await cloud.put(set, {
      location: 'westeurope',
      sku: { name: 'Standard_B2s', capacity: 3 },
      properties: { orchestrationMode: 'Uniform' },
    });
    await cloud.create('mx1');
    const scene = await scenesAt(emulator.url).look(cloud.subscription, 10_000);
    const names = scene.machines.kind === 'complete' ? scene.machines.items.map(({ name }) => name) : [];
    expect(names).toEqual(['mx1', 'farm_0', 'farm_1', 'farm_2']);
    const powers = scene.powerStates.kind === 'complete' ? scene.powerStates.items : [];
    expect(powers.map(({ powerState }) => powerState)).toEqual(Array.from({ length: 4 }, () => 'running'));
    expect(scene.scaleSets).toMatchObject({ items: [{ name: 'farm', isSeen: true }] });
    emulator.world.faults.add({ kind: 'truncate', match: { path: 'farm/virtualMachines' } });
    const without = await scenesAt(emulator.url).look(cloud.subscription, 10_000);
    expect(without.scaleSets).toMatchObject({ items: [{ name: 'farm', instances: 3, isSeen: false }] });
    expect(without.machines).toMatchObject({ kind: 'complete', items: [{ name: 'mx1' }] });
  });

  it.each([
    ['truncated answers', 'truncate', 'answer-cut-short'],
    ['throttling', 'throttle', 'http-429'],
  ] as const)('is incomplete, and no exception, under %s (F9)', async (_name, kind, code) => {
    emulator.world.faults.add({ kind, match: { path: 'publicIPAddresses' } });
    const scene = await scenesAt(emulator.url).look(cloud.subscription, 10_000);
    expect(scene).toMatchObject({
      machines: { kind: 'complete' },
      publicAddresses: { kind: 'incomplete', code },
    });
  });
});

describe('patience with a cloud', () => {
  it('that is silent ends for all questions together, and is not held against the cloud', async () => {
    const silent = await startLoopbackServer(() => undefined);
    const budget = new Listening();
    try {
      const scene = await scenesAt(silent.url, budget).look(cloud.subscription, 200);
      for (const listing of [scene.machines, scene.powerStates, scene.interfaces, scene.publicAddresses])
        expect(listing).toMatchObject({ kind: 'incomplete', code: 'timeout' });
      expect(scene.subscription).toMatchObject({ kind: 'unavailable', code: 'timeout' });
      expect([silent.seen.length, budget.words]).toEqual([6, []]);
    } finally {
      await silent.stop();
    }
  });

  it('that turns pages without end ends too, and pages on another host are not followed (OWASP API7)', async () => {
    let page = 0;
    const endless = await startLoopbackServer(({ url }, response) => {
      page += 1;
      const path = url.split('?')[0] ?? '';
      const isElsewhere = path.endsWith('networkInterfaces');
      const origin = isElsewhere ? 'http://127.0.0.1:1' : '';
      sendJson(response, 200, { value: [], nextLink: `${origin}${path}?page=${String(page)}` });
    });
    try {
      const scene = await scenesAt(endless.url).look(cloud.subscription, 10_000);
      expect([scene.machines, scene.interfaces]).toMatchObject([
        { kind: 'incomplete', code: 'too-many-pages' },
        { kind: 'incomplete', code: 'next-page-on-another-host' },
      ]);
    } finally {
      await endless.stop();
    }
  });
});

describe('a look for a preview gives way to work on machines', () => {
  it('where the cloud throttles without a word it leaves the one call to others, and says that it is busy', async () => {
    await machineWithAddress('mx1', 'Static');
    const budget = new InMemory();
    const list = chargeOf('list', `/subscriptions/${cloud.subscription}/`, ordinaryCall);
    if (list === null) throw new Error('a listing is charged');
    await budget.heard(list, { kind: 'throttled', left: null, waitMs: null });
    budget.nowMs = 60_000;
    const before = emulator.world.calls.since(undefined).length;
    const scene = await scenesAt(emulator.url, budget).look(cloud.subscription, 10_000);
    const calls = emulator.world.calls.since(undefined).slice(before);
    expect(calls.filter(({ path }) => path.includes('/virtualMachine'))).toEqual([]);
    const tenantId = scene.subscription.kind === 'found' ? scene.subscription.tenantId : '';
    const answer = previewRestarts(scene, defaultRestartPlan, { tenantId, at: '2026-01-10T12:00:00.000Z' });
    expect(answer).toMatchObject({ preview: null, previewUnavailable: { code: 'cloud-busy' } });
    expect((await budget.take(list)).kind).toBe('granted');
  });

  it('takes a token for each of its calls, the network’s and the subscription’s too (I16)', async () => {
    await machineWithAddress('mx1', 'Static');
    const budget = new InMemory();
    await scenesAt(emulator.url, budget).look(cloud.subscription, 10_000);
    const taken = (policy: PolicyName) => {
      const { name, ...size } = azurePolicies[policy];
      return size.burst - Math.round(budget.bucketOf({ policy: name, size }).level);
    };
    expect([taken('subscriptionReads'), taken('networkReads'), taken('list')]).toEqual([1, 2, 3]);
  });
});
