import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { PostgresCallBudget } from '../../../src/adapters/postgres/postgres-call-budget.js';
import { PostgresClockWatch } from '../../../src/adapters/postgres/postgres-clock-watch.js';
import { PostgresUnitOfWork } from '../../../src/adapters/postgres/postgres-unit-of-work.js';
import { systemActor } from '../../../src/domain/access/actor.js';
import { addMilliseconds, millisecondsPerDay } from '../../../src/domain/instants.js';
import { ClockAstray } from '../../../src/domain/ports/unit-of-work.js';
import type { ClockReading } from '../../../src/domain/ports/clock-watch.js';
import { ClockGuard } from '../../../src/jobs/clock-guard.js';
import { longestWaits } from '../../../src/jobs/longest-waits.js';
import { createStoreWorld, mail, StandingClock, type StoreWorld } from './store-world.js';

const toleranceMs = 60_000;
const frame = { actor: systemActor('test'), traceId: null };
let world: StoreWorld;
let clock: StandingClock;
beforeAll(async () => {
  world = await createStoreWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  clock = new StandingClock();
  clock.at = new Date().toISOString();
});

const watch = () => new PostgresClockWatch(world.dataSource, clock, toleranceMs);
const unitOfWork = () =>
  new PostgresUnitOfWork(
    world.dataSource,
    {
      clock,
      contactHash: (email) => email,
      mailsAreSent: false,
      signReceipt: () => Promise.resolve('a.signed.receipt'),
      relationshipsFreshForMs: 1,
      clockToleranceMs: toleranceMs,
    },
    world.wake,
  );
const rowsOf = (text: string) => world.asOwner<Record<string, unknown>>(text);
const effects = async () =>
  Number((await rowsOf('SELECT count(*)::integer AS count FROM effects'))[0]?.['count']);

describe('the clocks of a process and of its database (F29)', () => {
  it.each([30, -30])('differ by %i days, which the watch says', async (days) => {
    clock.pass(days * millisecondsPerDay);
    const { isAstray, aheadMs } = await watch().look();
    expect(isAstray).toBe(true);
    expect(Math.round(aheadMs / millisecondsPerDay)).toBe(days);
  });

  it('agree within the tolerance', async () => {
    expect(await watch().look()).toMatchObject({ isAstray: false });
  });

  it('are not held to differ because the answer was slow', async () => {
    const at = Date.now();
    const slow = {
      query: () => {
        clock.pass(600_000);
        return Promise.resolve([{ at: at + 300_000 }]);
      },
    } as unknown as DataSource;
    clock.at = new Date(at).toISOString();
    expect(await new PostgresClockWatch(slow, clock, toleranceMs).look()).toEqual({
      aheadMs: 0,
      isAstray: false,
    });
  });

  it.each([30, -30])('a commit whose clock is %i days off is refused, and so is a read', async (days) => {
    const before = await effects();
    clock.pass(days * millisecondsPerDay);
    const write = unitOfWork().run(frame, (tx) => tx.effects.add([mail(randomUUID(), 1)]));
    await expect(write).rejects.toThrow(ClockAstray);
    await expect(unitOfWork().read(frame, (tx) => tx.databaseNow())).rejects.toThrow(ClockAstray);
    expect(await effects()).toBe(before);
    clock.pass(-days * millisecondsPerDay);
    await unitOfWork().run(frame, (tx) => tx.effects.add([mail(randomUUID(), 1)]));
    expect(await effects()).toBe(before + 1);
  });

  it('what is final goes by the database’s clock', async () => {
    clock.pass(-50_000);
    const now = await unitOfWork().read(frame, (tx) => tx.databaseNow());
    expect(Date.parse(now)).toBeGreaterThan(Date.parse(clock.at) + 40_000);
  });

  it('a clock that is ahead leaves no line before the cloud that reaches into next month', async () => {
    clock.pass(30 * millisecondsPerDay);
    const budget = new PostgresCallBudget(world.dataSource, clock, { toleranceMs });
    const charge = {
      subscriptionId: randomUUID(),
      region: 'westeurope',
      policy: 'start',
      size: { burst: 1, perMinute: 1 },
      isUrgent: false,
    };
    await expect(budget.take(charge)).rejects.toThrow();
    expect(await world.asOwner('SELECT key FROM call_buckets')).toEqual([]);
  });
});

describe('an effect', () => {
  const dueAt = async (id: string) =>
    (await rowsOf(`SELECT due_at AS at, attempts, state FROM effects WHERE id = '${id}'`))[0];

  it('that is due later than it can wait is due at once, and one that is not stays (I13)', async () => {
    await world.asOwner('DELETE FROM effects');
    await world.add(mail(randomUUID(), 1), mail(randomUUID(), 1));
    const ids = (await rowsOf('SELECT id FROM effects ORDER BY sequence')).map(({ id }) => String(id));
    const [absurd = '', soon = ''] = ids;
    await world.asOwner(`UPDATE effects SET due_at = now() + interval '30 days' WHERE id = '${absurd}'`);
    await world.asOwner(`UPDATE effects SET due_at = now() + interval '1 day' WHERE id = '${soon}'`);
    expect(await world.ledger.drawIn(longestWaits)).toBe(1);
    expect(Date.parse(String((await dueAt(absurd))?.['at']))).toBeLessThan(Date.now() + 60_000);
    expect(Date.parse(String((await dueAt(soon))?.['at']))).toBeGreaterThan(Date.now() + 60_000);
  });

  it('that a worker with a wrong clock gave back is due again, and was not tried (I10)', async () => {
    await world.asOwner('DELETE FROM effects');
    await world.add(mail(randomUUID(), 1));
    await world.asOwner('UPDATE effects SET due_at = now()');
    const [claimed] = await world.ledger.claimDue(1, addMilliseconds(new Date().toISOString(), 60_000));
    const taken = await world.ledger.takeLease(claimed?.id ?? '', claimed?.epoch ?? 0, 60_000);
    if (taken === null) throw new Error('nothing was taken');
    await world.ledger.giveBack(taken.lease);
    expect(await dueAt(taken.effect.id)).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await world.ledger.extendLease(taken.lease, 60_000)).toBe(false);
  });
});

it('a guard halts work once when the clock goes wrong, and resumes it once when it is right', async () => {
  const happened: string[] = [];
  const readings: ClockReading[] = [
    { aheadMs: 0, isAstray: false },
    { aheadMs: 9e9, isAstray: true },
    { aheadMs: 9e9, isAstray: true },
    { aheadMs: 0, isAstray: false },
  ];
  let last: ClockReading = { aheadMs: 0, isAstray: false };
  const guard = new ClockGuard({
    clocks: { look: () => Promise.resolve((last = readings.shift() ?? last)), last: () => last },
    everyMs: 1_000_000,
    halt: () => happened.push('halted'),
    resume: () => happened.push('resumed'),
    onTurn: ({ isAstray }) => happened.push(isAstray ? 'astray' : 'right'),
    onError: () => happened.push('failed'),
  });
  const may = [await guard.look(), await guard.look(), await guard.look(), await guard.look()];
  expect(may).toEqual([true, false, false, true]);
  expect(happened).toEqual(['astray', 'halted', 'right', 'resumed']);
});
