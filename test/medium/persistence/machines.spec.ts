import { randomUUID } from 'node:crypto';
import type { Evidence, Machine } from '../../../src/domain/enforcement/machine.js';
import type { PowerOperation } from '../../../src/domain/enforcement/power-operation.js';
import type { Restart } from '../../../src/domain/enforcement/restart.js';
import { customerTenant } from '../verbs/people.js';
import { livesIn } from './lives.js';
import { createStoreWorld, type StoreWorld } from './store-world.js';

let world: StoreWorld;
let lives: ReturnType<typeof livesIn>;
beforeAll(async () => {
  world = await createStoreWorld();
  lives = livesIn(world);
});
afterAll(() => world.close());

const now = () => world.clock.now();

describe('machines', () => {
  const machine = (subscriptionId: string, differs: Partial<Machine> = {}): Machine => ({
    subscriptionId,
    vmId: randomUUID(),
    tenantId: customerTenant,
    resourceId: '/subscriptions/s/virtualMachines/vm-1',
    name: 'vm-1',
    location: 'westeurope',
    timeCreated: null,
    ephemeralSystemDisk: false,
    zone: null,
    availabilitySet: null,
    scaleSet: null,
    powerState: 'running',
    host: 'held',
    carries: 'closed',
    carriesFence: null,
    releasedUnderFence: null,
    releasedSeenAt: null,
    stoppedSince: null,
    seenAt: now(),
    notFoundSince: null,
    absentSince: null,
    nowhereSince: null,
    backSince: null,
    createdHere: false,
    gone: false,
    goneBy: null,
    ...differs,
  });

  it('are saved by the thousand, and one that a moving listing shows twice as it was shown last (F24)', async () => {
    const { subscriptionId } = await world.registered();
    const many = Array.from({ length: 2_500 }, (_, index) =>
      machine(subscriptionId, { name: `vm-${String(index)}` }),
    );
    const place = { zone: '2', availabilitySet: '/s/sets/mail', scaleSet: '/s/sets/many' };
    const twice = machine(subscriptionId, { name: 'twice', powerState: 'stopping', ...place });
    await world.inTransaction((tx) =>
      tx.machines.saveAll([twice, ...many, { ...twice, powerState: 'deallocated', host: 'none' }]),
    );
    const all = await world.inTransaction((tx) => tx.machines.ofSubscription(subscriptionId));
    expect(all).toHaveLength(2_501);
    const found = await world.inTransaction((tx) => tx.machines.find(subscriptionId, twice.vmId));
    expect(found).toEqual({ ...twice, powerState: 'deallocated', host: 'none' });
  });

  it('stand as they were seen last: a look that began before a step saw it changes nothing (I18)', async () => {
    const { subscriptionId } = await world.registered();
    const later = machine(subscriptionId, { powerState: 'deallocated', host: 'none', seenAt: now() });
    const earlier = {
      ...later,
      powerState: 'running',
      host: 'held',
      seenAt: '2020-01-01T00:00:00.000Z',
    } as const;
    await world.inTransaction((tx) => tx.machines.saveAll([later]));
    await world.inTransaction((tx) => tx.machines.saveSeen([earlier]));
    const found = () => world.inTransaction((tx) => tx.machines.find(subscriptionId, later.vmId));
    expect(await found()).toEqual(later);
    const missing = { ...later, notFoundSince: now() };
    await world.inTransaction((tx) => tx.machines.saveSeen([missing]));
    expect(await found()).toEqual(missing);
  });

  it('keep a piece of evidence once, for ever (F12)', async () => {
    const { subscriptionId } = await world.registered();
    const piece = {
      subscriptionId,
      tenantId: customerTenant,
      vmId: randomUUID(),
      kind: 'sampled',
      fact: 'host-released',
      at: now(),
      source: 'listing',
      operation: null,
      fence: 1,
    } as const;
    for (const pieces of [[piece, piece], [piece], [{ ...piece, fact: 'host-taken' as const }]]) {
      await world.inTransaction((tx) => tx.evidence.addAll(pieces));
    }
    const kept = await world.inTransaction((tx) => tx.evidence.ofMachines(subscriptionId, [piece.vmId]));
    expect(kept.map(({ fact }) => fact).toSorted()).toEqual(['host-released', 'host-taken']);
  });

  it('keep an owner’s word and a hint once a fence, and show of the rest the latest of each kind (I16)', async () => {
    const { subscriptionId } = await world.registered();
    const vmId = randomUUID();
    const at = (second: number) => `2026-03-01T12:00:${String(second).padStart(2, '0')}.000Z`;
    const of = (kind: Evidence['kind'], fact: Evidence['fact'], second: number, fence = 1): Evidence => ({
      ...{ subscriptionId, tenantId: customerTenant, vmId, kind, fact, at: at(second) },
      ...{ source: `piece ${String(second)}`, operation: null, fence },
    });
    for (let second = 0; second < 30; second += 1)
      await world.inTransaction((tx) =>
        tx.evidence.addAll([
          of('owner-said', 'said-cycled', second),
          of('event-grid', 'hinted', second),
          of('sampled', 'host-taken', second),
        ]),
      );
    await world.inTransaction((tx) => tx.evidence.addAll([of('owner-said', 'said-cycled', 40, 2)]));
    const kept = await world.inTransaction((tx) => tx.evidence.ofMachines(subscriptionId, [vmId]));
    const times = (kind: Evidence['kind'], pieces: readonly Evidence[]) =>
      pieces.filter((one) => one.kind === kind).map((one) => one.at);
    expect(times('owner-said', kept)).toEqual([at(0), at(40)]);
    expect(times('event-grid', kept)).toEqual([at(0)]);
    expect(times('sampled', kept)).toHaveLength(30);
    const shown = await world.inTransaction((tx) => tx.evidence.latestOf(subscriptionId, [vmId], 5));
    expect(times('sampled', shown)).toEqual([25, 26, 27, 28, 29].map(at));
    expect(times('owner-said', shown)).toEqual([at(0), at(40)]);
    expect(await world.inTransaction((tx) => tx.evidence.latestOf(subscriptionId, [], 5))).toEqual([]);
  });

  const operationOf = ({ id, subscriptionId, tenantId, vmId }: Restart): PowerOperation => ({
    id: randomUUID(),
    restartId: id,
    subscriptionId,
    tenantId,
    vmId,
    kind: 'deallocate',
    state: 'intended',
    operationUrl: null,
    intendedAt: now(),
    sentAt: null,
    endedAt: null,
    polls: 0,
    correlationId: null,
    attempt: 1,
    errorCode: null,
  });

  it('have one power operation in flight, of whichever restart (I8)', async () => {
    const life = await lives.granted();
    const restart = await lives.planned(life);
    const begin = () => world.inTransaction((tx) => tx.operations.begin(operationOf(restart)));
    const all = await Promise.all(Array.from({ length: 10 }, begin));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await world.inTransaction((tx) => tx.operations.countInFlight(restart.subscriptionId))).toBe(1);
    const [first] = [await world.inTransaction((tx) => tx.operations.last(restart.id, 'deallocate'))];
    if (first === null) throw new Error('there is no operation');
    const url = `https://cloud.example/${'x'.repeat(3_600)}`;
    const ended = { ...first, state: 'succeeded', operationUrl: url, endedAt: now() } as const;
    await world.inTransaction((tx) => tx.operations.save(ended));
    expect(await begin()).toBe(true);
    const last = await world.inTransaction((tx) => tx.operations.last(restart.id, 'deallocate'));
    expect(last?.state).toBe('intended');
  });
});
