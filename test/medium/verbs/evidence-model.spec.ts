import fc from 'fast-check';
import type { Machine } from '../../../src/domain/enforcement/machine.js';
import { systemActor } from '../../../src/domain/access/actor.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const minuteMs = 60_000;
const marginMs = 5 * minuteMs;
const names = ['mx1', 'mx2'] as const;

/** What its owner, the platform or time do to a subscription, between two looks or with looks in between. */
type Act =
  | { readonly what: 'suspend' | 'reinstate' }
  | {
      readonly what: 'cycle' | 'deallocate' | 'start' | 'powerOff' | 'restart' | 'delete' | 'create';
      readonly name: string;
    };
interface Scene {
  readonly act: Act;
  readonly afterMs: number;
  readonly isWatched: boolean;
}

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ what: fc.constantFrom('suspend' as const, 'reinstate' as const) }),
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constantFrom(
        ...(['cycle', 'cycle', 'deallocate', 'start', 'powerOff', 'restart', 'delete', 'create'] as const),
      ),
      name: fc.constantFrom(...names),
    }),
  },
);
const manners = fc.record({
  delayMs: fc.integer({ min: 3 * minuteMs, max: 20 * minuteMs }),
  duplicates: fc.integer({ min: 0, max: 2 }),
  shuffle: fc.boolean(),
  caseChanges: fc.boolean(),
});
const skewMs = fc.integer({ min: -marginMs + 1_000, max: marginMs - 1_000 });
const scenes = (afterMs: fc.Arbitrary<number>, isWatched: fc.Arbitrary<boolean>) =>
  fc.array(fc.record({ act, afterMs, isWatched }), { minLength: 3, maxLength: 9 });

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

async function play(right: Granted, { act: { what, ...about }, afterMs, isWatched }: Scene): Promise<void> {
  const { client } = right;
  if (what === 'suspend' || what === 'reinstate') {
    await right[what]();
    await world.work();
  } else {
    const { name } = about as { readonly name: string };
    if (what === 'create') await client.create(name);
    else if (what === 'delete') await client.arm('DELETE', client.vm(name));
    else if (what !== 'cycle') await client.power(name, what);
    else {
      await client.power(name, 'deallocate');
      world.pass(2_000);
      await client.power(name, 'start');
    }
    world.pass(2_000);
  }
  world.pass(afterMs);
  if (isWatched) await world.work();
}

/** Looks and readings for an hour: everything that is late has come by then. */
async function settle(): Promise<void> {
  for (let minute = 0; minute < 60; minute += 6) {
    world.pass(6 * minuteMs);
    await world.work();
  }
}

async function wordsOf({ client }: Granted): Promise<ReadonlyMap<string, Machine>> {
  const machines = await world.unitOfWork.read({ actor: systemActor('conduct-restarts') }, (tx) =>
    tx.machines.ofSubscription(client.subscription),
  );
  return new Map(machines.filter(({ gone }) => !gone).map((machine) => [machine.name, machine]));
}

/** What the wire says, beside what Postern says of every machine: `mx1 open exempt`. */
async function compared(
  right: Granted,
): Promise<readonly { readonly wire: string; readonly word: string; readonly name: string }[]> {
  const words = await wordsOf(right);
  const wire = await right.client.wire();
  expect([...words.keys()].toSorted()).toEqual(wire.map((row) => row.split(' ')[0]).toSorted());
  return wire.map((row) => {
    const [name = '', , position = ''] = row.split(' ');
    const machine = words.get(name);
    return { name, wire: position, word: machine?.host === 'none' ? 'off' : (machine?.carries ?? 'nothing') };
  });
}

async function lived(all: readonly Scene[], skew: number, how: Parameters<EmulatedWorld['manners']>[0]) {
  world.manners(how);
  const right = await granted(world, skew, names);
  await world.work();
  world.pass(11 * minuteMs);
  await world.work();
  for (const scene of all) await play(right, scene);
  await settle();
  return compared(right);
}

describe('Postern’s word and the wire, after any scenario (I6, F11, F12, F13)', () => {
  it('agree for every machine where everything lies outside the clock margin', async () => {
    await fc.assert(
      fc.asyncProperty(
        scenes(fc.integer({ min: 11 * minuteMs, max: 20 * minuteMs }), fc.constant(true)),
        skewMs,
        manners,
        async (all, skew, how) => {
          for (const { wire, word } of await lived(all, skew, how)) expect(word).toBe(wire);
        },
      ),
      { numRuns: 8, interruptAfterTimeLimit: 150_000, markInterruptAsFailure: true },
    );
  });

  it('never contradict each other, however close and unwatched: what is not known is unknown', async () => {
    await fc.assert(
      fc.asyncProperty(
        scenes(fc.integer({ min: 1_000, max: 12 * minuteMs }), fc.boolean()),
        skewMs,
        manners,
        async (all, skew, how) => {
          for (const { wire, word } of await lived(all, skew, how))
            if (word !== 'unknown') expect(word).toBe(wire);
        },
      ),
      { numRuns: 8, interruptAfterTimeLimit: 150_000, markInterruptAsFailure: true },
    );
  });
});
