import fc from 'fast-check';
import { EndOverdue } from '../../../src/application/end-overdue.js';
import { RetryRestart } from '../../../src/application/retry-restart.js';
import { SkipRestart } from '../../../src/application/skip-restart.js';
import { RefusedError } from '../../../src/domain/refusals.js';
import { by, reviewer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const names = ['mx1', 'mx2', 'mx3'] as const;
const managed = { window: null, canary: false } as const;
const isOver = { startsAt: '2020-01-01T00:00:00.000Z', endsAt: '2020-01-02T00:00:00.000Z' };

/** What the cloud does to a plan, for so many calls. */
const faults = {
  'no-room': { kind: 'operation-fails', code: 'AllocationFailed', match: { path: '/start' } },
  'stop-refused': { kind: 'error', status: 409, code: 'Conflict', match: { path: '/deallocate' } },
  endless: { kind: 'operation-endless', match: {} },
  'url-gone': { kind: 'operation-gone', match: {} },
  throttled: { kind: 'throttle', retryAfter: 20, match: { method: 'POST' } },
  'answer-lost': { kind: 'accept-then-reset', match: { method: 'POST' } },
} as const;

/** What needs nobody any more. */
const settledStates = ['restarted', 'resting', 'gone', 'created-after', 'superseded'];

type Act =
  | {
      readonly what:
        'suspend' | 'close-all' | 'reinstate' | 'revoke' | 'disable' | 'enable' | 'lock' | 'unlock';
    }
  | {
      readonly what: 'plan';
      readonly mode: 'managed' | 'observed';
      readonly isOver: boolean;
      readonly most: number;
    }
  | { readonly what: 'fault'; readonly fault: keyof typeof faults; readonly times: number }
  | { readonly what: 'retry' | 'skip'; readonly name: string }
  | { readonly what: 'deallocate' | 'start' | 'powerOff' | 'restart'; readonly name: string };

const name = fc.constantFrom(...names);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom(
        ...(['suspend', 'close-all', 'reinstate', 'reinstate', 'revoke'] as const),
        ...(['disable', 'enable', 'lock', 'unlock'] as const),
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('plan' as const),
      mode: fc.constantFrom('managed' as const, 'observed' as const),
      isOver: fc.boolean(),
      most: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('fault' as const),
      fault: fc.constantFrom(...(Object.keys(faults) as readonly (keyof typeof faults)[])),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('retry' as const, 'skip' as const), name }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constantFrom('deallocate' as const, 'start' as const, 'powerOff' as const, 'restart' as const),
      name,
    }),
  },
);
/** An act, and how long its consequences run before the next: from the middle of a step to the end of a plan. */
const scenes = fc.array(
  fc.record({ act, seconds: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 90 })) }),
  { minLength: 3, maxLength: 12 },
);
/** The date of the right comes in the middle of all that, or never. */
const lasts = fc.option(fc.integer({ min: 1, max: 300 }), { freq: 2 });

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

/** All that is due by now, a right that reached its date among it. */
async function work(): Promise<void> {
  await world.verb(EndOverdue).run();
  await world.work();
}

/** Time goes on in steps of at most 4 seconds, with all that is due carried out at each. */
async function live(seconds: number): Promise<void> {
  await work();
  for (let left = seconds; left > 0; left -= 4) {
    world.pass(Math.min(4, left) * secondMs);
    await work();
  }
}

/** A refusal is an answer too: nobody is told to act at the right moment. */
async function attempted(what: Promise<unknown>): Promise<void> {
  await what.catch((error: unknown) => {
    if (!(error instanceof RefusedError)) throw error;
  });
}

/** What its owner last wanted of a machine; null where that came in the middle of our cycle, or an engineer took it over. */
type Wanted = Map<string, 'running' | 'off' | null>;

async function play(right: Granted, one: Act, wanted: Wanted): Promise<unknown> {
  const { client, exemptionId } = right;
  const scope = `${client.path}/providers/Microsoft.Authorization/locks/keep`;
  const vmId = async (of: string) => (await right.rows()).find((row) => row.name === of)?.vmId ?? 'none';
  const steer = async (of: string) => ({ exemptionId, vmId: await vmId(of), reason: 'a test' });
  switch (one.what) {
    case 'suspend':
    case 'close-all':
      return right.suspend(one.what === 'close-all');
    case 'reinstate':
      return right.reinstate();
    case 'revoke':
      return attempted(right.revoke());
    case 'disable':
    case 'enable':
      return client.arm('PATCH', client.path, {
        body: { state: one.what === 'disable' ? 'Disabled' : 'Enabled' },
      });
    case 'lock':
      return client.put(scope, { properties: { level: 'ReadOnly' } });
    case 'unlock':
      return client.arm('DELETE', scope);
    case 'plan': {
      const window = one.isOver ? isOver : null;
      const plan = { ...managed, mode: one.mode, window, maxUnavailable: one.most };
      return attempted(right.setPlan(plan));
    }
    case 'fault':
      return client.fault({ ...faults[one.fault], times: one.times });
    case 'retry':
      return attempted(world.verb(RetryRestart).run(by(reviewer), await steer(one.name)));
    case 'skip':
      await attempted(world.verb(SkipRestart).run(by(reviewer), await steer(one.name)));
      return wanted.set(one.name, null);
    default:
      return actAsOwner(right, one, wanted);
  }
}

async function actAsOwner(
  right: Granted,
  { what, name: of }: { readonly what: string; readonly name: string },
  wanted: Wanted,
): Promise<void> {
  const isOurs = await isStoppedByUs(right, of);
  await right.client.control('DELETE', '/faults'); // they were meant for us
  const { status } = await right.client.power(of, what);
  if (status >= 300) return;
  if (what === 'start') wanted.set(of, 'running');
  else if (what !== 'restart') wanted.set(of, isOurs ? null : 'off');
}

async function isStoppedByUs({ exemptionId }: Granted, of: string): Promise<boolean> {
  const restarts = await world.unitOfWork.read({ actor: reviewer }, (tx) =>
    tx.restarts.ofExemption(exemptionId),
  );
  return restarts.some((restart) => restart.name === of && restart.stoppedByUs);
}

/** Whatever stood in the way is taken away, the plan is managed, and an engineer retries what failed, or was skipped. */
async function settle(right: Granted): Promise<void> {
  await right.client.control('DELETE', '/faults');
  await play(right, { what: 'unlock' }, new Map());
  await play(right, { what: 'enable' }, new Map());
  await play(right, { what: 'plan', mode: 'managed', isOver: false, most: 3 }, new Map());
  for (let round = 0; round < 40; round += 1) {
    for (const row of await right.rows())
      if (['failed', 'blocked', 'skipped'].includes(row.state))
        await play(right, { what: 'retry', name: row.name }, new Map());
    await live(20);
    world.pass(minuteMs);
    await work();
    const rows = await right.rows();
    if (round > 5 && rows.every(({ state }) => settledStates.includes(state))) return;
  }
}

async function lived(
  all: readonly { readonly act: Act; readonly seconds: number }[],
  lastsSeconds: number | null,
) {
  const right = await granted(world, 0, names, {
    lastsMs: lastsSeconds === null ? null : lastsSeconds * secondMs,
  });
  const wanted: Wanted = new Map(names.map((one) => [one, 'running']));
  await world.work();
  await play(right, { what: 'plan', mode: 'managed', isOver: false, most: 3 }, wanted);
  for (const { act: one, seconds } of all) {
    await play(right, one, wanted);
    await live(seconds);
  }
  await settle(right);
  const words = new Map((await right.rows()).map((row) => [row.name, row]));
  const machines = (await right.client.wire()).map((row) => {
    const [of = '', power = '', position = ''] = row.split(' ');
    return { of, power, position, wanted: wanted.get(of) ?? null, row: words.get(of) };
  });
  return { state: (await right.exemption())?.state, machines };
}

describe('a plan that is interrupted, in every combination (F9, F10, F23)', () => {
  it('ends, with each machine as its owner wants it: what Postern stopped runs again (I6, I7, I18)', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, lasts, async (all, seconds) => {
        const { state, machines } = await lived(all, seconds);
        expect(['effective', 'suspended', 'revoked', 'expired']).toContain(state);
        for (const { of, power, position, wanted, row } of machines) {
          if (wanted === 'running') expect(`${of} ${power}`).toBe(`${of} running`);
          if (wanted === 'off') expect(`${of} ${power}`).not.toBe(`${of} running`);
          if (state === 'effective') expect(['open', 'off']).toContain(position);
          if (state === 'revoked' || state === 'expired') expect(['closed', 'off']).toContain(position);
          if (row?.exempt === true) expect(position).not.toBe('closed');
        }
      }),
      { numRuns: 6, interruptAfterTimeLimit: 45_000, markInterruptAsFailure: true },
    );
  });
});
