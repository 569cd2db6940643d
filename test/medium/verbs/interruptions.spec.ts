import { EndOverdue } from '../../../src/application/end-overdue.js';
import { RetryRestart } from '../../../src/application/retry-restart.js';
import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { addMilliseconds, isBefore, millisecondsBetween } from '../../../src/domain/instants.js';
import { by, customer, reviewer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
/** After the grant: outside the clock margin of the opening, and before any power operation has lasted too long. */
const interruptedAfterMs = 10 * minuteMs;
const dayMs = 24 * 60 * minuteMs;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;

/** mx0 has been through when it happens, mx1 is in hand, and mx2 waits for its turn. */
const names = ['mx0', 'mx1', 'mx2'] as const;
const states = ['waiting', 'about to be stopped', 'deallocating', 'starting'] as const;
type State = (typeof states)[number];
/** What the cloud has taken of mx1's orders by then, and what holds it there; about to be stopped, it is throttled. */
const inHand = {
  waiting: { row: 'waiting', orders: '', holds: null },
  'about to be stopped': { row: 'deallocating', orders: '', holds: ['throttle', 'deallocate'] },
  deallocating: { row: 'deallocating', orders: 'deallocate', holds: ['operation-endless', 'deallocate'] },
  starting: { row: 'starting', orders: 'deallocate start', holds: ['operation-endless', 'start'] },
} as const;

type Interruption =
  | 'a suspension that leaves running machines alone'
  | 'a suspension that closes them'
  | 'a revocation'
  | 'its expiry'
  | 'the end of its window'
  | 'a change of mode to observed';

const never = '';
const once = 'deallocate start';
const twice = 'deallocate start deallocate start';

/** What it comes to: for mx0, mx1 and mx2 the orders that the cloud was given, the wire, and the words of the rows. */
interface Outcome {
  readonly exemption: string;
  readonly stillOpen: number;
  readonly orders: readonly [string, string, string];
  readonly wire: readonly [string, string, string];
  readonly rows: readonly [string, string, string];
}

/**
 * Whoever is closed is cycled under the closed gate, also one that was never touched: nobody knows what its owner did with
 * it while the gate stood open. The stop that was under way serves for that; a start that was under way took its host under
 * the open gate, and has to be undone by another cycle.
 */
const closes = (exemption: string): Readonly<Record<State, Outcome>> => {
  const ended = {
    exemption,
    stillOpen: 0,
    wire: ['closed', 'closed', 'closed'],
    rows: ['revoke restarted', 'revoke restarted', 'revoke restarted'],
  } as const;
  return {
    waiting: { ...ended, orders: [twice, once, once] },
    'about to be stopped': { ...ended, orders: [twice, once, once] },
    deallocating: { ...ended, orders: [twice, once, once] },
    starting: { ...ended, orders: [twice, twice, once] },
  };
};

/** What has begun is finished under the open gate; nothing else is begun, and the page says why. */
const holds = (problem: string): Readonly<Record<State, Outcome>> => {
  const exemption = `enabling ${problem}`;
  const waits = 'enable waiting not-deallocated-yet';
  const through = 'enable restarted exempt';
  const untouched = {
    exemption,
    stillOpen: 1,
    orders: [once, never, never],
    wire: ['open', 'closed', 'closed'],
    rows: [through, waits, waits],
  } as const;
  const finished = {
    ...untouched,
    stillOpen: 2,
    orders: [once, once, never],
    wire: ['open', 'open', 'closed'],
    rows: [through, through, waits],
  } as const;
  return {
    waiting: untouched,
    'about to be stopped': untouched,
    deallocating: finished,
    starting: finished,
  };
};

/** Nobody is stopped any more. Who took a host before the gate closed keeps it, and counts as perhaps open. */
const leavesAlone = (): Readonly<Record<State, Outcome>> => {
  const [through, again, over] = [
    'enable restarted exempt',
    'enable restarted closed-again',
    'enable superseded',
  ] as const;
  const untouched = {
    exemption: 'suspended',
    stillOpen: 1,
    orders: [once, never, never],
    wire: ['open', 'closed', 'closed'],
    rows: [through, over, over],
  } as const;
  const finished = { ...untouched, orders: [once, once, never], rows: [through, again, over] } as const;
  return {
    waiting: untouched,
    'about to be stopped': untouched,
    deallocating: finished,
    starting: { ...finished, stillOpen: 2, wire: ['open', 'open', 'closed'] },
  };
};

const table: Readonly<Record<Interruption, Readonly<Record<State, Outcome>>>> = {
  'a suspension that leaves running machines alone': leavesAlone(),
  'a suspension that closes them': closes('suspended'),
  'a revocation': closes('revoked'),
  'its expiry': closes('expired'),
  'the end of its window': holds('window-over'),
  'a change of mode to observed': holds('owner-restarts'),
};
const cells = (Object.keys(table) as readonly Interruption[]).flatMap((how) =>
  states.map((state) => ({ how, state, outcome: table[how][state] })),
);

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

const stateOf = async (right: Granted, name: string) =>
  (await right.rows()).find((row) => row.name === name)?.state;

/** Second by second, until something is so. */
async function liveUntil(isSo: () => Promise<boolean>): Promise<void> {
  for (let second = 0; second < 600; second += 1) {
    await world.work();
    if (await isSo()) return;
    world.pass(secondMs);
  }
  throw new Error('it did not come so far in ten minutes');
}

/** An exemption with mx0 through and mx1 in hand, 10 to 15 seconds before it happens: the cloud, or its window, holds mx1 there. */
async function comeTo(state: State, how: Interruption) {
  const right = await granted(world, 0, names, {
    lastsMs: how === 'its expiry' ? interruptedAfterMs : null,
  });
  const now = world.clock.now();
  const at = addMilliseconds(now, interruptedAfterMs);
  const endsAt = how === 'the end of its window' ? at : addMilliseconds(now, dayMs);
  const from = (startsAt: string) => right.setPlan({ ...managed, window: { startsAt, endsAt } });
  const [kind, verb] = inHand[state].holds ?? [];
  if (kind !== undefined)
    await right.client.fault({ kind, match: { path: `${right.client.vm('mx1')}/${verb}` } });
  await from(addMilliseconds(now, -minuteMs));
  await liveUntil(async () => (await stateOf(right, 'mx0')) === 'starting');
  // The owner has it go on later: mx0 is finished, mx1 is not begun, and the window ends before any worker saw it begin.
  if (state === 'waiting') await from(addMilliseconds(at, -5 * secondMs));
  await liveUntil(async () => (await stateOf(right, 'mx0')) === 'restarted');
  await liveUntil(async () => (await stateOf(right, 'mx1')) === inHand[state].row);
  while (isBefore(world.clock.now(), addMilliseconds(at, -15 * secondMs))) {
    world.pass(5 * secondMs);
    await world.work();
  }
  return { right, leftMs: millisecondsBetween(world.clock.now(), at) };
}

async function interrupt(right: Granted, how: Interruption): Promise<unknown> {
  switch (how) {
    case 'a suspension that leaves running machines alone':
      return right.suspend(false);
    case 'a suspension that closes them':
      return right.suspend(true);
    case 'a revocation':
      return right.revoke();
    case 'its expiry':
      return world.verb(EndOverdue).run();
    case 'the end of its window':
      return undefined; // time alone does it
    case 'a change of mode to observed':
      return right.setPlan({ ...managed, mode: 'observed' });
  }
}

async function outcomeOf(right: Granted) {
  const view = await world.verb(FindExemption).run(by(customer), right.exemptionId);
  const wire = await right.client.wire();
  // Whatever came of it, nobody is left down.
  expect(wire.map((row) => row.split(' ').slice(0, 2))).toEqual(names.map((name) => [name, 'running']));
  return {
    exemption: [view.state, view.problem?.code].filter(Boolean).join(' '),
    stillOpen: view.stillOpen,
    orders: names.map((name) => right.orders(name).join(' ')),
    wire: wire.map((row) => row.split(' ')[2]),
    rows: (await right.rows()).map(({ direction, state, exempt, blocker }) =>
      [direction, state, exempt ? 'exempt' : null, blocker?.code].filter(Boolean).join(' '),
    ),
  };
}

describe('a plan that is interrupted (F23)', () => {
  it.each(cells)(
    'by $how while a machine is $state: what Postern stopped runs again, and no order is given twice (I7, I8, I18)',
    async ({ how, state, outcome }) => {
      const { right, leftMs } = await comeTo(state, how);
      expect(right.orders('mx1').join(' ')).toBe(inHand[state].orders);
      world.pass(leftMs);
      await interrupt(right, how);
      await world.live(1, 5 * secondMs);
      await right.client.control('DELETE', '/faults');
      await world.live(30, 30 * secondMs);
      expect(await outcomeOf(right)).toEqual(outcome);
    },
  );

  it('by a suspension that is taken back, while a lock keeps a machine of ours from its start: the row says so, and a retry starts it (I18)', async () => {
    const right = await granted(world, 0, ['mx1']);
    const lock = `${right.client.path}/providers/Microsoft.Authorization/locks/keep`;
    await right.setPlan(managed);
    await liveUntil(() => Promise.resolve(right.orders('mx1').length > 0));
    await right.client.put(lock, { properties: { level: 'ReadOnly' } });
    await right.suspend();
    await world.work();
    await right.reinstate();
    await world.live(2, 5 * secondMs);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    const [row] = await right.rows();
    expect([row?.state, row?.blocker?.code]).toEqual(['blocked', 'resource-locked']);
    await right.client.arm('DELETE', lock);
    const { exemptionId } = right;
    const order = { exemptionId, vmId: row?.vmId ?? '', reason: 'the lock is gone' };
    await world.verb(RetryRestart).run(by(reviewer), order);
    await world.live(2, 5 * secondMs);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    expect((await right.rows()).map(({ state, exempt }) => [state, exempt])).toEqual([['restarted', true]]);
  });

  it('by the end of its right, while its stop waits for the cloud: the restart ends with its plan, though nobody looks any more', async () => {
    const right = await granted(world, 0, ['mx1']);
    const match = { path: `${right.client.vm('mx1')}/deallocate` };
    await right.client.fault({ kind: 'throttle', retryAfter: 3_600, times: 1, match });
    await right.setPlan(managed);
    await liveUntil(async () => (await stateOf(right, 'mx1')) === 'deallocating');
    await right.revoke();
    await world.live(2, 5 * secondMs);
    for (const verb of ['deallocate', 'start']) {
      await right.client.power('mx1', verb);
      await world.live(5, 30 * secondMs);
    }
    expect((await right.exemption())?.state).toBe('revoked');
    await world.live(60);
    const restarts = await world.unitOfWork.read({ actor: reviewer }, (tx) =>
      tx.restarts.ofExemption(right.exemptionId),
    );
    expect(restarts.map(({ direction, state }) => `${direction} ${state}`).toSorted()).toEqual([
      'enable superseded',
      'revoke resting',
    ]);
    expect(right.orders('mx1').join(' ')).toBe(once); // its owner's
  });

  it.each([
    { how: 'while another waits', machines: names, listingsFail: false, problem: 'plan-stopped' },
    { how: 'with none that waits', machines: ['mx0', 'mx1'], listingsFail: false, problem: 'plan-stopped' },
    { how: 'while no look succeeds', machines: names, listingsFail: true, problem: 'listing-failed' },
  ])(
    'by itself, $how, because a machine did not come back: what the cloud was not told of waits until that is mended',
    async ({ machines, listingsFail, problem }) => {
      const right = await granted(world, 0, machines);
      const path = (verb: string, of: string) => ({ match: { path: `${right.client.vm(of)}/${verb}` } });
      const { body } = await right.client.fault({ kind: 'throttle', ...path('deallocate', 'mx1') });
      await right.client.fault({ kind: 'operation-endless', ...path('start', 'mx0') });
      await right.setPlan({ ...managed, maxUnavailable: 2 });
      const page = () => world.verb(FindExemption).run(by(customer), right.exemptionId);
      await liveUntil(async () => (await stateOf(right, 'mx0')) === 'starting');
      expect(await stateOf(right, 'mx1')).toBe('deallocating');
      await world.live(25, 10 * secondMs);
      expect(await stateOf(right, 'mx0')).toBe('failed');
      const listings = { match: { method: 'GET', path: '/virtualMachines' } };
      if (listingsFail)
        await right.client.fault({ kind: 'error', status: 503, code: 'ServerBusy', ...listings });
      await world.live(5, 10 * secondMs);
      expect((await page()).problem?.code).toBe(problem);
      await right.client.control('DELETE', `/faults/${(body as { readonly id: string }).id}`);
      await world.live(10, 10 * secondMs);
      const orders = () => machines.slice(1).map((name) => right.orders(name).join(' '));
      expect(orders()).toEqual(machines.slice(1).map(() => never));
      expect(await stateOf(right, 'mx1')).toBe('waiting');
      await right.client.control('DELETE', '/faults');
      const vmId = (await right.rows()).find((row) => row.name === 'mx0')?.vmId ?? '';
      const order = { exemptionId: right.exemptionId, vmId, reason: 'it may go on' };
      await world.verb(RetryRestart).run(by(reviewer), order);
      await world.live(10, 10 * secondMs);
      expect((await page()).state).toBe('effective');
      expect(orders()).toEqual(machines.slice(1).map(() => once));
    },
  );
});
