import { randomUUID } from 'node:crypto';
import { ListExemptions } from '../../../src/application/queries/list-exemptions.js';
import { RequestHistoryQuery } from '../../../src/application/queries/request-history.js';
import { RecordEffectFailure } from '../../../src/application/record-effect-failure.js';
import { RevokeExemption } from '../../../src/application/revoke-exemption.js';
import { SetRestartPlan } from '../../../src/application/set-restart-plan.js';
import { queryUnscoped } from '../../../src/adapters/postgres/database-roles.js';
import { countNeeds } from '../../../src/adapters/postgres/count-needs.js';
import type { Effect } from '../../../src/domain/effects.js';
import type { RestartPlan } from '../../../src/domain/enforcement/restart-plan.js';
import { millisecondsPerDay, millisecondsPerHour } from '../../../src/domain/instants.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';
import { approver, by, customer, reviewer } from './people.js';

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

const managed: RestartPlan = { mode: 'managed', window: null, maxUnavailable: '100%', canary: false };
const minutes = (count: number) => count * 60_000;

/** Lets time pass step by step, and carries out what is due after each. */
async function passing(total: number, stepMs: number): Promise<void> {
  for (let passed = 0; passed < total; passed += stepMs) {
    world.pass(stepMs);
    await world.work();
  }
}
async function plan({ exemptionId }: Granted, restartPlan: RestartPlan): Promise<void> {
  await world.verb(SetRestartPlan).run(by(customer), { exemptionId, plan: restartPlan });
  await world.work();
}
/** What the requester reads of many machines at once. */
async function toldTo({ exemption }: Granted) {
  const { requestId } = (await exemption()) ?? { requestId: '' };
  const { items } = await world.verb(RequestHistoryQuery).run(by(customer), requestId, 0, 1_000);
  return items.filter(({ event }) => event.startsWith('machines-'));
}
const eventsTo = async (to: Granted) => (await toldTo(to)).map(({ event, code }) => `${event} ${code ?? ''}`);
async function needing({ exemptionId }: Granted) {
  const query = { states: null, subscriptionId: null, needsHuman: true } as const;
  const { items } = await world.verb(ListExemptions).run(by(reviewer), query, { after: null, limit: 200 });
  return items.find(({ id }) => id === exemptionId)?.humanNeededFor ?? null;
}
/** What support engineers were called for, besides that it stands in their list. */
const callsFor = ({ exemptionId }: Granted) =>
  world.called
    .filter((call) => call.exemptionId === exemptionId)
    .map(({ need, cause, machines }) => `${need.code} ${cause} ${machines.map(({ name }) => name).join()}`);
const statesOf = async (to: Granted) => (await to.rows()).map(({ name, state }) => `${name} ${state}`);

describe('an owner who restarts the machines', () => {
  it('is reminded after a day, three days and a week, then weekly, of what is missing and what to do about it', async () => {
    const to = await granted(world, 0, ['mx1', 'mx2', 'mx3']);
    await world.work();
    await to.client.power('mx2', 'powerOff');
    await passing(minutes(10), minutes(1));
    expect(await toldTo(to)).toEqual([]);
    await passing(15 * millisecondsPerDay, 6 * millisecondsPerHour);
    expect(await eventsTo(to)).toEqual(Array<string>(4).fill('machines-missing owner-restarts'));
    const [first] = await toldTo(to);
    expect(first?.message).toContain('waits for 3 machines');
    expect(first?.message).toContain('mx1, mx3: running on the host of before');
    expect(first?.message).toContain('mx2: shut down from inside, so that the host is still allocated');
    expect(first?.message).toContain('az vm deallocate');
    // Postern does it from now on: nobody is reminded any more.
    await plan(to, managed);
    await passing(minutes(5), 30_000);
    await passing(8 * millisecondsPerDay, 12 * millisecondsPerHour);
    expect(await eventsTo(to)).toHaveLength(4);
  });
});

describe('machines that a lock forbids to stop', () => {
  it('are told of once for all of them, are tried again after 15 minutes, and go on when it is removed', async () => {
    const to = await granted(world, 0, ['mx1', 'mx2', 'mx3']);
    const lock = `${to.client.path}/providers/Microsoft.Authorization/locks/keep`;
    await to.client.put(lock, { properties: { level: 'ReadOnly' } });
    await plan(to, managed);
    await passing(minutes(50), minutes(1));
    expect(await statesOf(to)).toEqual(['mx1 blocked', 'mx2 blocked', 'mx3 blocked']);
    const told = await toldTo(to);
    expect(told.map(({ event, code }) => [event, code])).toEqual([['machines-blocked', 'resource-locked']]);
    expect(told[0]?.message).toMatch(/^The restart is blocked for 3 machines \(mx1, mx2, mx3\): a lock/);
    expect(told[0]?.message).toContain('Remove the lock');
    expect((await to.rows())[0]?.blocker?.message).toContain(`locked: '${to.client.path}'`);
    // It is the owner's to remove: no engineer is called for it.
    expect(await needing(to)).toBeNull();
    expect(callsFor(to)).toEqual([]);
    await to.client.arm('DELETE', lock);
    await passing(minutes(20), minutes(1));
    expect(await statesOf(to)).toEqual(['mx1 restarted', 'mx2 restarted', 'mx3 restarted']);
    expect(await eventsTo(to)).toEqual([
      'machines-blocked resource-locked',
      'machines-through resource-locked',
    ]);
  });
});

describe('a machine that we stopped and cannot start', () => {
  const noRoom = (to: Granted) =>
    to.client.fault({
      kind: 'operation-fails',
      code: 'AllocationFailed',
      match: { path: `${to.client.path}.*/start` },
    });
  const idOf = ({ body }: { readonly body: unknown }) => (body as { readonly id: string }).id;

  it('is an incident: its owner and an engineer are told at once, and when it is over (I18)', async () => {
    const to = await granted(world, 0, ['mx1', 'mx2']);
    const fault = idOf(await noRoom(to));
    await plan(to, managed);
    await passing(minutes(2), 15_000);
    const [told, ...others] = await toldTo(to);
    expect([told?.event, told?.code, others]).toEqual(['machines-down', 'allocation-failed', []]);
    expect(told?.message).toMatch(
      /^Postern stopped 2 machines \(mx1, mx2\) and cannot start them again: the cloud has no room/,
    );
    expect(told?.message).toContain('This needs a support engineer, and stands in their list.');
    expect(callsFor(to)).toEqual(['machines-down allocation-failed mx1,mx2']);
    expect(await needing(to)).toMatchObject({ code: 'machines-down' });
    expect(await countNeeds(world.dataSource)).toEqual({ exemptions: 1, machinesDown: 2 });
    expect((await to.exemption())?.state).toBe('enabling');
    await passing(minutes(60), minutes(5));
    expect(await toldTo(to)).toHaveLength(1);
    await to.client.control('DELETE', `/faults/${fault}`);
    await passing(minutes(12), minutes(1));
    expect((await to.exemption())?.state).toBe('effective');
    expect(await eventsTo(to)).toEqual([
      'machines-down allocation-failed',
      'machines-through allocation-failed',
    ]);
    expect(await needing(to)).toBeNull();
    expect(await countNeeds(world.dataSource)).toEqual({ exemptions: 0, machinesDown: 0 });
    // One call an incident, however long it lasted and however often it was tried.
    expect(callsFor(to)).toHaveLength(1);
  });

  it('is a call that somebody hears of, though nobody could be reached: with exemption, cause and machines', async () => {
    const to = await granted(world, 0, ['mx1']);
    const fault = idOf(await noRoom(to));
    await plan(to, managed);
    await passing(minutes(2), 15_000);
    const { exemptionId } = to;
    const about = { exemptionId, trouble: 'down', code: 'allocation-failed', direction: 'enable', fence: 1 };
    await world.verb(RecordEffectFailure).run({
      id: randomUUID(),
      effect: { type: 'call-engineer', ...about } as Effect,
      ...{ state: 'dead', epoch: 9, attempts: 8, losses: 0, lastError: 'Error ECONNREFUSED' },
      ...{ dueAt: world.clock.now(), createdAt: world.clock.now() },
    });
    expect(world.uncalled).toMatchObject([
      {
        exemptionId,
        need: { code: 'machines-down' },
        cause: 'allocation-failed',
        machines: [{ name: 'mx1' }],
      },
    ]);
    await to.client.control('DELETE', `/faults/${fault}`);
  });

  it('is started when it may be again, though the right was revoked meanwhile, and has ended (I18)', async () => {
    const to = await granted(world, 0, ['mx1']);
    const deny = (...denied: readonly string[]) =>
      to.client.control('PUT', `/subscriptions/${to.client.subscription}/rights`, { denied });
    await deny('Microsoft.Compute/virtualMachines/start/action');
    await plan(to, managed);
    await passing(minutes(1), 15_000);
    expect(await statesOf(to)).toEqual(['mx1 blocked']);
    expect(await needing(to)).toMatchObject({ code: 'machines-down' });
    const present = await to.exemption();
    await world.verb(RevokeExemption).run(by(approver, present?.version ?? 0), {
      exemptionId: to.exemptionId,
      reasonCode: 'terms-violated',
      violationId: null,
      internalReason: 'a test',
    });
    await passing(minutes(10), minutes(1));
    expect((await to.exemption())?.state).toBe('revoked');
    expect(await needing(to)).toMatchObject({ code: 'machines-down' });
    await deny();
    await passing(minutes(20), minutes(1));
    expect(await to.client.wire()).toEqual(['mx1 running closed']);
    expect(await needing(to)).toBeNull();
    expect(await eventsTo(to)).toEqual(['machines-down missing-right', 'machines-through missing-right']);
  });
});

describe('mails', () => {
  it('go out for what is told of all machines at once, never one a machine', async () => {
    const lines = `SELECT DISTINCT event, mailed FROM timeline_entries WHERE event LIKE 'machine%'`;
    const { rows } = await queryUnscoped(world.dataSource, lines);
    const mailed = rows.filter((row) => row.mailed === true).map(({ event }) => event);
    expect(new Set(mailed)).toEqual(
      new Set(['machines-missing', 'machines-blocked', 'machines-down', 'machines-through']),
    );
    expect(rows.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['machine-blocked', 'machine-trouble']),
    );
  });
});
