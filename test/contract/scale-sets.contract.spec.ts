import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { startEmulator, type RunningEmulator } from '../../emulator/emulator.js';
import type { FaultOrder } from '../../emulator/faults.js';
import { putScaleSet } from '../../emulator/scale-set-instances.js';
import { everyMachine, type EmulatedSubscription } from '../../emulator/subscription.js';
import { wireOf } from '../../emulator/gate.js';
import { ArmClient } from '../../src/adapters/azure/arm-client.js';
import { AzureCompute } from '../../src/adapters/azure/azure-compute.adapter.js';
import { uniformSetsOf } from '../../src/domain/enforcement/scale-sets.js';
import { ordinaryCall, type Listing } from '../../src/domain/ports/compute-control-plane.js';
import { accepted } from './clouds.js';

const begin = '2026-01-10T12:00:00.000Z';

let emulator: RunningEmulator;
let compute: AzureCompute;
let subscription: EmulatedSubscription;
beforeAll(async () => {
  emulator = await startEmulator();
  compute = new AzureCompute(new ArmClient(emulator.url, { token: () => Promise.resolve('any') }));
});
afterAll(() => emulator.stop());
beforeEach(() => furnish());

function furnish(): void {
  const { world } = emulator;
  world.clock.set(begin);
  world.faults.clear();
  world.pageSize = 2;
  subscription = world.cloud.putSubscription(randomUUID(), { state: 'Enabled' }).subscription;
}

function putSet(name: string, capacity: number, mode: 'Uniform' | 'Flexible' = 'Uniform', more: object = {}) {
  const target = { group: 'rg', scaleSet: name } as Parameters<typeof putScaleSet>[2];
  const body = { sku: { capacity }, properties: { orchestrationMode: mode }, ...more };
  return putScaleSet(emulator.world.cloud, subscription, target, body).set;
}
const putMachine = (name: string) =>
  emulator.world.cloud.putMachine(subscription, 'rg', name, { location: 'westeurope' }).machine;
const fault = (kind: FaultOrder['kind'], path: string, more: Partial<FaultOrder> = {}) =>
  emulator.world.faults.add({ kind, match: { path }, ...more });

function itemsOf<T>(listing: Listing<T>): readonly T[] {
  if (listing.kind === 'incomplete') throw new Error(`incomplete: ${listing.code}`);
  return listing.items;
}
const listed = async () => itemsOf(await compute.listMachines(subscription.id));
const powers = async (sets: readonly string[]) =>
  itemsOf(await compute.listPowerStates(subscription.id, ordinaryCall, sets));
const calls = () =>
  emulator.world.calls
    .since(undefined)
    .map(({ method, path }) => `${method} ${path.split('/').slice(4).join('/').split('?')[0] ?? ''}`);

describe('machines in scale sets', () => {
  it('are listed each once, whatever the sets and the length of the pages: all that there is (I6, I7)', async () => {
    const sets = fc.array(
      fc.record({
        capacity: fc.integer({ min: 0, max: 5 }),
        mode: fc.constantFrom('Uniform' as const, 'Flexible' as const),
      }),
      { maxLength: 4 },
    );
    const cloud = fc.record({
      sets,
      lone: fc.integer({ min: 0, max: 3 }),
      pageSize: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(cloud, async ({ sets: wanted, lone, pageSize }) => {
        furnish();
        emulator.world.pageSize = pageSize;
        for (let one = 0; one < lone; one += 1) putMachine(`mx${String(one)}`);
        for (const [index, { capacity, mode }] of wanted.entries())
          putSet(`set${String(index)}`, capacity, mode);
        const truth = everyMachine(subscription).map(({ vmId }) => vmId);
        const described = await listed();
        expect(described.map(({ vmId }) => vmId).toSorted()).toEqual(truth.toSorted());
        const states = await powers(uniformSetsOf(described));
        expect(states.map(({ vmId }) => vmId).toSorted()).toEqual(truth.toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it('are described as what they are: an instance by its number, place, zone and time of creation', async () => {
    const set = putSet('Farm', 3, 'Uniform', { location: 'norwayeast', zones: ['1', '2'] });
    const flexible = putSet('flex', 1, 'Flexible');
    const [member, , second] = await listed();
    expect(second).toEqual({
      vmId: set.instances[1]?.vmId,
      name: 'Farm_1',
      resourceId: `${set.id}/virtualMachines/1`,
      location: 'norwayeast',
      timeCreated: begin,
      ephemeralSystemDisk: false,
      zone: '2',
      availabilitySet: null,
      scaleSet: set.id.toLowerCase(),
    });
    expect(member).toMatchObject({
      scaleSet: flexible.id.toLowerCase(),
      name: subscription.inOrder[0]?.name,
    });
    expect(uniformSetsOf(await listed())).toEqual([set.id.toLowerCase()]);
  });

  it('cost one call a page: of the sets only where all are listed, of a set only where it is uniform', async () => {
    putMachine('mx1');
    putSet('herd', 2);
    putSet('flex', 1, 'Flexible');
    const before = calls().length;
    const sets = uniformSetsOf(await listed());
    const compute = 'Microsoft.Compute';
    const machines = `GET ${compute}/virtualMachines`;
    const instances = `GET rg/providers/${compute}/virtualMachineScaleSets/herd/virtualMachines`;
    expect(calls().slice(before)).toEqual([machines, `GET ${compute}/virtualMachineScaleSets`, instances]);
    await powers(sets);
    expect(
      calls()
        .slice(before + 3)
        .join()
        .toLowerCase(),
    ).toBe([machines, instances].join().toLowerCase());
    await powers([]);
    expect(calls().slice(before + 5)).toEqual([machines]);
  });

  it.each([
    ['the sets', 'virtualMachineScaleSets\\?'],
    ['the instances of one', 'virtualMachineScaleSets/set1/virtualMachines\\?'],
  ])('are no listing where %s lack a page, are refused or not answered (F24, F9)', async (what, path) => {
    for (const name of ['set1', 'set2', 'set3']) putSet(name, 3);
    const sets = uniformSetsOf(await listed());
    for (const [kind, code] of [
      ['partial-list', 'http-500'],
      ['throttle', 'http-429'],
      ['reset', 'und_err_socket'],
      ['truncate', 'answer-cut-short'],
    ] as const) {
      emulator.world.faults.clear();
      fault(kind, path);
      const nothing = { kind: 'incomplete', code };
      expect(await compute.listMachines(subscription.id)).toMatchObject(nothing);
      if (what !== 'the sets')
        expect(await compute.listPowerStates(subscription.id, ordinaryCall, sets)).toMatchObject(nothing);
    }
    emulator.world.faults.clear();
    subscription.denials = [
      { action: 'Microsoft.Compute/virtualMachineScaleSets/*', scope: `/subscriptions/${subscription.id}` },
    ];
    expect(await compute.listMachines(subscription.id)).toMatchObject({
      code: 'AuthorizationFailed',
      message: expect.stringContaining('Microsoft.Compute/virtualMachineScaleSets'),
    });
  });

  it('of a set that was deleted are missing, and each of them is not found: that alone says that they are gone (F11)', async () => {
    putMachine('mx1');
    const { id, instances } = putSet('herd', 2);
    const place = `${id}/virtualMachines/1`;
    emulator.world.cloud.removeGroup(subscription, 'rg');
    putMachine('mx1');
    expect(await powers([id.toLowerCase()])).toHaveLength(1);
    expect(await compute.readMachine(place)).toEqual({ kind: 'not-found' });
    const again = putSet('herd', 2);
    const read = await compute.readMachine(place);
    expect(read.kind === 'found' ? read.machine.vmId : '').toBe(again.instances[1]?.vmId);
    expect(again.instances[1]?.vmId).not.toBe(instances[1]?.vmId);
  });

  it('come and go with the size of their set, the newest first; numbers are not used again (F11)', async () => {
    const { id } = putSet('herd', 3);
    putSet('herd', 1);
    expect(await compute.readMachine(`${id}/virtualMachines/2`)).toEqual({ kind: 'not-found' });
    putSet('herd', 2);
    expect((await listed()).map(({ name }) => name)).toEqual(['herd_0', 'herd_3']);
  });

  it('are not gone because a listing says so: each is there when it is asked (F24)', async () => {
    const { id } = putSet('herd', 1);
    for (const kind of ['vanish', 'empty-list'] as const) {
      fault(kind, 'virtualMachineScaleSets');
      expect(await listed()).toEqual([]);
      expect(await compute.readMachine(`${id}/virtualMachines/0`)).toMatchObject({ kind: 'found' });
      emulator.world.faults.clear();
    }
  });

  it('are stopped and started one by one, each under the counter of its kind', async () => {
    const { id, instances } = putSet('herd', 2);
    const place = `${id}/virtualMachines/1`;
    const wire = () => instances.map((one) => `${one.name} ${one.powerState} ${wireOf(subscription, one)}`);
    subscription.gate = 'open';
    for (const what of ['deallocate', 'start'] as const) {
      const url = await accepted(compute[what](place));
      emulator.world.clock.advance(60_000);
      expect(await compute.readOperation(url)).toMatchObject({ kind: 'succeeded' });
      const read = await compute.readMachine(place);
      expect(read).toMatchObject({ powerState: what === 'start' ? 'running' : 'deallocated' });
    }
    expect(wire()).toEqual(['herd_0 running closed', 'herd_1 running open']);
  });
});
