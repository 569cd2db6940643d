import { RecordCloudHints } from '../../../src/application/record-cloud-hints.js';
import { RequestHistoryQuery } from '../../../src/application/queries/request-history.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import { approver, by, customer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const minuteMs = 60_000;
const type = 'Microsoft.Compute/virtualMachineScaleSets';
let world: EmulatedWorld;
let right: Granted;
let set: string;
beforeEach(async () => {
  world = await createEmulatedWorld();
  world.manners({ delayMs: 4 * minuteMs, duplicates: 1, shuffle: true, caseChanges: true });
  right = await granted(world, 90_000, ['mx1']);
  set = right.client.resource(type, 'farm');
  await put(2);
  world.pass(11 * minuteMs);
  await world.work();
  await watched(11);
});
afterEach(() => world.close());

const put = (capacity: number) => right.client.put(set, { sku: { capacity } });
const watched = (minutes: number) => world.live(minutes);
async function call(what: string, body?: object): Promise<void> {
  await right.client.arm('POST', `${set}/${what}`, body === undefined ? {} : { body });
  world.pass(2_000);
}
/** As an owner does it, between two looks. */
async function cycled(place: string, body?: object): Promise<void> {
  await call(`${place}deallocate`, body);
  await call(`${place}start`, body);
}
const rows = async () =>
  (await right.rows()).map(({ name, state, exempt }) => `${name} ${state} ${String(exempt)}`);
const state = async () => (await right.exemption())?.state;

describe('a uniform scale set under an exemption', () => {
  it('has its instances among the machines: without them nothing is effective (I6)', async () => {
    expect(await rows()).toEqual(['farm_0 waiting false', 'farm_1 waiting false', 'mx1 waiting false']);
    expect(await state()).toBe('enabling');
    const [first] = await right.rows();
    expect(first?.resourceId).toBe(`${set}/virtualMachines/0`);
  });

  it('is proven by what its owner does to each instance, also between two looks (E2)', async () => {
    await cycled('virtualMachines/1/');
    await watched(10);
    expect(await rows()).toContain('farm_1 restarted true');
    expect((await right.rows())[1]?.because).toContain('E2: activity log');
    expect(await rows()).toContain('farm_0 waiting false');
    expect((await right.rows())[0]?.blocker?.message).toContain('az vmss deallocate --instance-ids 0');
  });

  it.each([
    ['all', undefined],
    ['some', { instanceIds: ['0'] }],
  ])(
    'is not proven by a call for the whole set, which may be for some: unseen, for %s of it',
    async (_name, body) => {
      await cycled('', body);
      await watched(10);
      expect(await rows()).toContain('farm_0 waiting false');
      expect(await state()).toBe('enabling');
      const evidence = (await right.rows())[0]?.evidence.map(({ fact, source }) => `${fact} ${source}`);
      expect(evidence).toEqual([
        'created-here E2: activity log, created in this subscription',
        'host-perhaps-released E2: activity log, its scale set deallocated',
      ]);
    },
  );

  it('that was cycled as a whole and unseen while the exemption was suspended may be closed again (I6)', async () => {
    for (const one of ['0', '1']) await cycled(`virtualMachines/${one}/`);
    await watched(10);
    expect(await rows()).toEqual(['farm_0 restarted true', 'farm_1 restarted true', 'mx1 waiting false']);
    await right.whileSuspended(async () => {
      await cycled('');
      expect(await right.client.wire()).toContain('farm_1 running closed');
    }, 16);
    await watched(2);
    expect(await rows()).toEqual(['farm_0 waiting false', 'farm_1 waiting false', 'mx1 waiting false']);
  });

  it('of which that is told only after the right was given back is planned again, and its owner is told at once (I6)', async () => {
    for (const one of ['0', '1']) await cycled(`virtualMachines/${one}/`);
    await right.client.power('mx1', 'deallocate');
    await watched(10);
    expect(await state()).toBe('effective');
    world.manners({ delayMs: 20 * minuteMs, duplicates: 0, shuffle: false, caseChanges: false });
    await right.whileSuspended(() => cycled(''), 7);
    await watched(2);
    expect(await rows()).toEqual(['farm_0 restarted true', 'farm_1 restarted true', 'mx1 resting false']);
    await watched(40);
    expect(await rows()).toEqual(['farm_0 waiting false', 'farm_1 waiting false', 'mx1 resting false']);
    const [first] = await right.rows();
    expect(first?.blocker).toMatchObject({ code: 'closed-again' });
    expect(first?.blocker?.message).toMatch(
      /not proven exempt any more.*az vmss deallocate --instance-ids 0/,
    );
    const { requestId } = (await right.exemption()) ?? { requestId: '' };
    const told = await world.verb(RequestHistoryQuery).run(by(customer), requestId, 0, 1_000);
    const [line, ...others] = told.items.filter(({ code }) => code === 'closed-again');
    expect(line?.message).toMatch(
      /^The exemption is effective, but not proven for 2 machines.*farm_0, farm_1: running/,
    );
    expect(others).toEqual([]);
    const plan = { mode: 'managed', window: null, maxUnavailable: 2, canary: false } as const;
    await world.verb(SetRestartPlan).run(by(customer), { exemptionId: right.exemptionId, plan });
    await watched(40);
    expect(await rows()).toEqual(['farm_0 restarted true', 'farm_1 restarted true', 'mx1 resting false']);
    expect(await right.client.wire()).toEqual([
      'mx1 deallocated off',
      'farm_0 running open',
      'farm_1 running open',
    ]);
    const stops = world.emulator.world.calls
      .since(undefined)
      .filter(({ method, path }) => method === 'POST' && path.endsWith('/virtualMachines/0/deallocate'));
    expect(stops).toHaveLength(2); // its owner's, and one of ours: what we prove is not doubted again
  });

  it('that shrinks, or is deleted and made anew, has other machines: numbers prove nothing (F11)', async () => {
    await put(1);
    await watched(6);
    expect(await rows()).toContain('farm_1 absent false');
    await watched(30);
    expect(await rows()).toContain('farm_1 gone false');
    const [before] = await right.rows();
    await right.client.arm('DELETE', set);
    await put(1);
    await watched(40);
    const now = (await right.rows()).filter(({ name }) => name === 'farm_0');
    expect(now.map((row) => `${row.state} ${String(row.exempt)}`).toSorted()).toEqual([
      'created-after true',
      'gone false',
    ]);
    expect(now.find(({ exempt }) => exempt)?.vmId).not.toBe(before?.vmId);
  });

  it('without one page of its instances, nothing is concluded, and why is said (F24)', async () => {
    const fault = { kind: 'error', status: 403, code: 'AuthorizationFailed' };
    await right.client.fault({ ...fault, match: { path: 'farm/virtualMachines\\?' } });
    for (const one of ['0', '1']) await call(`virtualMachines/${one}/deallocate`);
    await right.client.power('mx1', 'deallocate');
    await watched(5);
    expect(await state()).toBe('enabling');
    expect(await rows()).toEqual(['farm_0 waiting false', 'farm_1 waiting false', 'mx1 waiting false']);
    const note = await world.unitOfWork.read({ actor: approver }, (tx) => tx.conduct.find(right.exemptionId));
    expect(note?.problem).toMatchObject({
      code: 'listing-failed',
      message: expect.stringContaining('the right to read machines and scale sets'),
    });
    await right.client.control('DELETE', '/faults');
    await watched(2);
    expect(await rows()).toEqual(['farm_0 resting false', 'farm_1 resting false', 'mx1 resting false']);
    expect(await state()).toBe('effective');
  });

  it('has its machines looked at when Event Grid sends word of it, and keeps no evidence of that (E3)', async () => {
    world.pass(8_000);
    const { client } = right;
    const resourceId = set.toLowerCase();
    const hint = {
      eventId: 'e1',
      subscriptionId: client.subscription,
      resourceId,
      what: `${type}/start/action`,
    };
    const before = world.emulator.world.calls.since(undefined).length;
    expect(await world.verb(RecordCloudHints).run('a trace', [{ ...hint, at: world.clock.now() }])).toEqual({
      taken: 1,
    });
    await world.work();
    expect(world.emulator.world.calls.since(undefined).length).toBeGreaterThan(before);
    expect((await right.rows()).flatMap(({ evidence }) => evidence)).toEqual([]);
  });
});
