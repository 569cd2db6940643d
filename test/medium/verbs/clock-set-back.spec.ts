import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { LeaseLost, type ClaimedEffect } from '../../../src/domain/ports/effect-store.js';
import { until } from '../../../launch/demo/desk.js';
import { by, customer } from './people.js';
import {
  carryOut,
  createEmulatedWorld,
  granted,
  type EmulatedWorld,
  type Granted,
} from './emulated-world.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;
const oneCycle = ['deallocate', 'start'];

/** In the middle of mx1's cycle, and what the cloud was told by then. */
const middles = [
  { where: 'its stop ordered', ordered: ['deallocate'] },
  { where: 'its host lost', ordered: ['deallocate'] },
  { where: 'its start ordered', ordered: oneCycle },
] as const;
type Where = (typeof middles)[number]['where'];

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

const viewOf = ({ exemptionId }: Granted) => world.verb(FindExemption).run(by(customer), exemptionId);

async function comeTo(where: Where): Promise<Granted> {
  const right = await granted(world, 0, ['mx1']);
  await world.live(10, 30 * secondMs); // outside of the clock margin of the opening
  const match = { path: `${right.client.vm('mx1')}/start` };
  if (where === 'its host lost') await right.client.fault({ kind: 'throttle', times: 1, match });
  await right.setPlan(managed);
  await world.work();
  if (where === 'its stop ordered') return right;
  world.pass(2 * secondMs);
  await world.work();
  return right;
}

/** What is said of a machine is so, or it is not known: neither exempt while it is closed, nor closed while it is open. */
async function nothingIsWrong(right: Granted): Promise<void> {
  const { state, stillOpen } = await viewOf(right);
  const exempt = new Map((await right.rows()).map((row) => [row.name, row.exempt]));
  for (const row of await right.client.wire()) {
    const [name = '', , position] = row.split(' ');
    if (exempt.get(name) === true || state === 'effective') expect(position).toBe('open');
    if (state === 'revoked') expect(position).not.toBe('open');
  }
  const isOpen = (await right.client.wire()).some((row) => row.endsWith(' open'));
  if (isOpen && state === 'suspended') expect(stillOpen).not.toBe(0);
}

async function carriedOut({ id, epoch }: ClaimedEffect): Promise<void> {
  const taken = await world.ledger.takeLease(id, epoch, minuteMs);
  if (taken !== null) await carryOut(world.verb, taken.effect.effect, taken.lease);
}

/** How many minutes it takes, with nothing wrong said on the way. */
async function minutesUntil(right: Granted, state: string): Promise<number> {
  for (let halves = 0; halves < 180; halves += 1) {
    await world.work();
    await nothingIsWrong(right);
    if ((await viewOf(right)).state === state) return halves / 2;
    world.pass(30 * secondMs);
  }
  throw new Error(`not ${state} in 90 minutes`);
}

describe('our clock, set back one hour in the middle of a cycle (F13)', () => {
  it.each(middles)(
    'with $where: it goes on when the clock gets there again, no order is given twice, nothing wrong is said (I6, I8, I18)',
    async ({ where, ordered }) => {
      const right = await comeTo(where);
      expect(right.orders('mx1')).toEqual(ordered);
      world.clock.passMs(-hourMs);
      // Somebody asks for a look meanwhile: it concludes nothing from times that lie ahead.
      await right.setPlan({ ...managed, maxUnavailable: 2 });
      const minutes = await minutesUntil(right, 'effective');
      expect(right.orders('mx1')).toEqual(oneCycle);
      expect(await right.client.wire()).toEqual(['mx1 running open']);
      expect((await right.rows()).map(({ exempt }) => exempt)).toEqual([true]);
      // What was due stays due at its instant: that is the hour, and no more than a look on top.
      expect(minutes).toBeGreaterThan(58);
      expect(minutes).toBeLessThan(63);
    },
  );

  it.each(middles)(
    'with $where, on one worker of several: what it saw is proven by cause, and the machine is not cycled again (I6, I8)',
    async ({ where }) => {
      const right = await comeTo(where);
      world.pass(20 * secondMs);
      const due = await world.ledger.claimDue(100, world.clock.now());
      expect(due.map(({ type }) => type)).toContain('restart-vm');
      for (const one of due.toSorted(
        (a, b) => Number(b.type === 'restart-vm') - Number(a.type === 'restart-vm'),
      )) {
        const isOff = one.type === 'restart-vm';
        if (isOff) world.clock.passMs(-hourMs);
        await carriedOut(one);
        if (isOff) world.clock.passMs(hourMs);
      }
      expect(await minutesUntil(right, 'effective')).toBeLessThan(3);
      expect(right.orders('mx1')).toEqual(oneCycle);
      expect(await right.client.wire()).toEqual(['mx1 running open']);
    },
  );

  it('leaves a worker the lease of its step, for that runs by the database’s clock: nobody else takes it up (I8)', async () => {
    const { step, lease } = await aStepInHand(minuteMs);
    for (const byMs of [-hourMs, 2 * hourMs]) {
      world.clock.passMs(byMs);
      await world.ledger.sweepLost(world.clock.now(), minuteMs, 3);
      expect(await world.ledger.takeLease(step.id, step.epoch, minuteMs)).toBeNull();
      // A sweep that had asked another worker would have ended this lease.
      expect(await world.ledger.extendLease(lease, minuteMs)).toBe(true);
      expect(lease.isHeld()).toBe(true);
    }
    world.clock.passMs(-hourMs);
    await carryOut(world.verb, step.effect, lease);
  });

  it('revives no lease that has run out: its worker gives no order, and the sweep asks another one (I8, I13)', async () => {
    const { right, step, lease } = await aStepInHand(1);
    world.clock.passMs(-hourMs);
    await until(
      'the lease to end',
      () => Promise.resolve(lease.isHeld()),
      (held) => !held,
    );
    await expect(carryOut(world.verb, step.effect, lease)).rejects.toBeInstanceOf(LeaseLost);
    expect(right.orders('mx1')).toEqual(['deallocate']);
    expect((await world.ledger.sweepLost(world.clock.now(), minuteMs, 3)).again).toBeGreaterThan(0);
    await world.work();
    expect(right.orders('mx1')).toEqual(oneCycle);
    world.clock.passMs(hourMs);
  });

  it('holds up no revocation that is ordered within that hour (I7)', async () => {
    const right = await comeTo('its start ordered');
    await minutesUntil(right, 'effective');
    world.clock.passMs(-hourMs);
    await right.revoke();
    expect(await minutesUntil(right, 'revoked')).toBeLessThan(5);
    expect(right.orders('mx1')).toEqual([...oneCycle, ...oneCycle]);
    expect(await right.client.wire()).toEqual(['mx1 running closed']);
    world.clock.passMs(hourMs);
  });
});

/** A start of mx1 that a worker is about to order, with its lease. */
async function aStepInHand(leaseMs: number) {
  const right = await comeTo('its host lost');
  world.pass(2 * minuteMs);
  const due = await world.ledger.claimDue(100, world.clock.now());
  const own = due.find(({ type }) => type === 'restart-vm');
  for (const one of due) if (one !== own) await carriedOut(one);
  const taken = await world.ledger.takeLease(own?.id ?? '', own?.epoch ?? 0, leaseMs);
  if (taken === null) throw new Error('there is no step to take');
  const { id, epoch, effect } = taken.effect;
  return { right, step: { id, epoch, effect }, lease: taken.lease };
}

describe('the cloud’s clock, minutes from ours (F13)', () => {
  it.each([
    ['behind', 290 * secondMs],
    ['ahead', -290 * secondMs],
  ])('%s: every machine is cycled once, and nothing wrong is said (I6)', async (_where, skewMs) => {
    const right = await granted(world, skewMs, ['mx1', 'mx2']);
    await right.setPlan(managed);
    expect(await minutesUntil(right, 'effective')).toBeLessThan(5);
    for (const name of ['mx1', 'mx2']) expect(right.orders(name)).toEqual(oneCycle);
    expect(await right.client.wire()).toEqual(['mx1 running open', 'mx2 running open']);
    await right.suspend(true);
    await world.live(10, 30 * secondMs);
    await nothingIsWrong(right);
    expect((await viewOf(right)).stillOpen).toBe(0);
    expect(await right.client.wire()).toEqual(['mx1 running closed', 'mx2 running closed']);
  });
});
