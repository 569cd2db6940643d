import fc from 'fast-check';
import {
  clockMarginMs,
  definitionOf,
  fencesOfTakes,
  live,
  type Beat,
  type Happening,
} from './evidence-fold.examples.js';
import { foldEvidence, withEvidence } from './evidence-fold.js';
import { aSighting, started } from './enforcement.examples.js';
import { addMilliseconds } from '../instants.js';
import { gateMovesOf, type GateMove } from './gate-moves.js';
import type { Evidence } from './machine.js';

const rules = { clockMarginMs };
const minuteMs = 60_000;

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    what: fc.constant('order' as const),
    position: fc.constantFrom('open' as const, 'closed' as const),
  }),
  { weight: 2, arbitrary: fc.constant<Happening>({ what: 'move' }) },
  { weight: 2, arbitrary: fc.constant<Happening>({ what: 'deallocate' }) },
  fc.record({
    what: fc.constant('begin-start' as const),
    takesHost: fc.constantFrom('at-once' as const, 'at-the-end' as const),
  }),
  { weight: 2, arbitrary: fc.constant<Happening>({ what: 'end-start' }) },
  fc.constant<Happening>({ what: 'look' }),
);
const ofSets: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ what: fc.constant('stop-set' as const), isSpared: fc.boolean() }),
  fc.constant<Happening>({ what: 'start-set' }),
);
const opening: readonly Beat[] = [
  { afterMs: 0, happening: { what: 'order', position: 'open' } },
  { afterMs: 1_000, happening: { what: 'move' } },
  { afterMs: 1_000, happening: { what: 'look' } },
];
const anyHappening = fc.oneof({ weight: 4, arbitrary: happening }, ofSets);
const lifeOf = (
  gapMs: fc.Arbitrary<number>,
  what: fc.Arbitrary<Happening> = anyHappening,
): fc.Arbitrary<readonly Beat[]> =>
  fc
    .array(fc.record({ afterMs: gapMs, happening: what }), { maxLength: 25 })
    .map((beats) => [...opening, ...beats]);
const anyGap = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 20 * minuteMs }));
const wideGap = fc.integer({ min: 2 * clockMarginMs + 1, max: 4 * clockMarginMs });
/** Every order is confirmed before anything else happens. */
const wideLife = lifeOf(wideGap, happening).map((life) =>
  life.flatMap((beat): readonly Beat[] => {
    if (beat.happening.what === 'move') return [];
    return beat.happening.what === 'order' ? [beat, { afterMs: 1_000, happening: { what: 'move' } }] : [beat];
  }),
);
const anySkew = fc.integer({ min: -clockMarginMs + 1, max: clockMarginMs - 1 });

/** As it comes in: some of it, twice or three times, in any order. */
const delivered = (beats: fc.Arbitrary<readonly Beat[]>) =>
  fc.tuple(beats, anySkew).chain(([life, skewMs]) => {
    const { truth, told } = live(life, skewMs);
    const all = fc.shuffledSubarray([...told.logged, ...told.logged], { minLength: 0 });
    return all.map((logged) => ({ life, skewMs, truth, told, logged }));
  });

function wordOf({
  told,
  logged,
}: {
  readonly told: ReturnType<typeof live>['told'];
  readonly logged: readonly Evidence[];
}) {
  const { settledFence, moves } = told;
  return withEvidence(told.machine, [...told.looked, ...logged], moves, { ...rules, settledFence });
}

describe('the fold over evidence (docs/enforcement.md, F12, F13, I6)', () => {
  it('says the same for any order and any repetition of the same facts', () => {
    fc.assert(
      fc.property(delivered(lifeOf(anyGap)), fc.infiniteStream(fc.nat()), ({ told, logged }, numbers) => {
        const facts = [...told.looked, ...logged];
        const once = foldEvidence(facts, null, told.moves, rules);
        const twice = [...facts, ...facts].toSorted(() => (numbers.next().value ?? 0) - 2 ** 30);
        expect(foldEvidence(twice, null, told.moves.toReversed(), rules)).toEqual(once);
      }),
    );
  });

  it('never says of the present gate that a machine feels it which does not, whatever is missing, late or repeated', () => {
    fc.assert(
      fc.property(delivered(lifeOf(anyGap)), (one) => {
        const { carries, carriesFence } = wordOf(one);
        if (carriesFence === null || carriesFence !== one.told.settledFence || !one.truth.holdsHost) return;
        expect({ carries, carriesFence }).toEqual({
          carries: definitionOf(one.truth)?.position,
          carriesFence: definitionOf(one.truth)?.fence,
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it('never tells of a host that was not taken', () => {
    fc.assert(
      fc.property(delivered(lifeOf(anyGap)), (one) => {
        const { carriesFence } = wordOf(one);
        if (carriesFence !== null)
          expect(Math.max(...fencesOfTakes(one.truth))).toBeGreaterThanOrEqual(carriesFence);
      }),
      { numRuns: 2_000 },
    );
  });

  it('once everything is in, says what the definition says or that it does not know', () => {
    fc.assert(
      fc.property(lifeOf(anyGap), anySkew, (life, skewMs) => {
        const { truth, told } = live(life, skewMs);
        const { carries, host } = wordOf({ told, logged: told.logged });
        if (!truth.holdsHost || host !== 'held' || told.logged.length === 0 || carries === 'unknown') return;
        expect(carries).toBe(definitionOf(truth)?.position);
      }),
      { numRuns: 2_000 },
    );
  });

  it('once everything is in and nothing lies within the margin, says exactly what the definition says', () => {
    fc.assert(
      fc.property(wideLife, anySkew, (life, skewMs) => {
        const { truth, told } = live(life, skewMs);
        const { carries, host, powerState } = wordOf({ told, logged: told.logged });
        const tookOneSince = truth.takes.length > 1 && told.settledFence !== null;
        if (!tookOneSince || host !== 'held' || powerState !== 'running' || isAstride(life)) return;
        expect(carries).toBe(definitionOf(truth)?.position);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The gate moved between a stop and the end of the start: the log does not tell at which end the host was taken. */
function isAstride(life: readonly Beat[]): boolean {
  let power: 'up' | 'down' | 'starting' = 'up';
  for (const { happening } of life) {
    if (happening.what === 'deallocate' && power === 'up') power = 'down';
    if (happening.what === 'begin-start' && power === 'down') power = 'starting';
    if (happening.what === 'end-start' && power === 'starting') power = 'up';
    if (happening.what === 'move' && power !== 'up') return true;
  }
  return false;
}

describe('the fold, by example', () => {
  const { subscriptionId, tenantId, vmId } = aSighting();
  const moves: readonly GateMove[] = [
    { fence: 1, position: 'open', orderedAt: started, movedAt: started },
    { fence: 2, position: 'closed', orderedAt: after(60), movedAt: after(60) },
  ];
  function after(minutes: number): string {
    return addMilliseconds(started, minutes * minuteMs);
  }
  const logged = (fact: Evidence['fact'], minutes: number): Evidence => ({
    subscriptionId,
    tenantId,
    vmId,
    kind: 'activity-log',
    fact,
    at: after(minutes),
    source: `at ${String(minutes)}`,
    operation: null,
    fence: 0,
  });

  it.each<[string, readonly Evidence[], ReturnType<typeof foldEvidence>]>([
    ['nothing', [], null],
    [
      'a stop alone: what it took since, nobody knows',
      [logged('host-released', 10)],
      { carries: 'unknown', carriesFence: null },
    ],
    ['a start alone, which may have been one from stopped but allocated', [logged('host-taken', 10)], null],
    [
      'a cycle under the open gate',
      [logged('host-taken', 12), logged('host-released', 10)],
      { carries: 'open', carriesFence: 1 },
    ],
    [
      'a cycle within five minutes of the opening',
      [logged('host-released', 1), logged('host-taken', 4)],
      { carries: 'unknown', carriesFence: null },
    ],
    [
      'a stop of its set, or of some of it, under the open gate: it may carry what it carried before',
      [logged('host-perhaps-released', 10), logged('host-taken', 12)],
      { carries: 'unknown', carriesFence: null },
    ],
    [
      'a stop before the opening and a start long after it',
      [logged('host-released', -20), logged('host-taken', 20)],
      { carries: 'unknown', carriesFence: null },
    ],
    [
      'a cycle under the open gate and a later one under the closed',
      [70, 10].flatMap((at) => [logged('host-released', at), logged('host-taken', at + 1)]),
      { carries: 'closed', carriesFence: 2 },
    ],
    [
      'hints and the owner’s word, which are never enough',
      (['host-released', 'host-taken'] as const).map((fact) => ({ ...logged(fact, 9), kind: 'event-grid' })),
      null,
    ],
  ])('reads %s', (_name, evidence, word) => {
    expect(foldEvidence(evidence, null, moves, rules)).toEqual(word);
  });

  it('does not take a look in the middle of a start for one that shows no host (I7)', () => {
    const beat = (happening: Happening, afterMs = 1_000): Beat => ({ afterMs, happening });
    const { truth, told } = live(
      [
        ...opening,
        beat({ what: 'deallocate' }, 10 * minuteMs),
        beat({ what: 'look' }),
        beat({ what: 'begin-start', takesHost: 'at-once' }),
        beat({ what: 'look' }),
        beat({ what: 'end-start' }),
        beat({ what: 'order', position: 'closed' }),
        beat({ what: 'move' }),
        beat({ what: 'move' }, 10 * minuteMs),
      ],
      0,
    );
    expect(definitionOf(truth)?.position).toBe('open');
    expect(foldEvidence(told.looked, 2, told.moves, rules)?.carries).toBe('unknown');
  });

  it('takes the log’s stop together with a look that shows the machine running', () => {
    const open = { carries: 'open', carriesFence: 1 };
    expect(foldEvidence([logged('host-released', 10)], 1, moves, rules)).toEqual(open);
    expect(foldEvidence([logged('host-released', 2)], 1, moves, rules)?.carries).toBe('unknown');
  });

  it('takes a perhaps as a perhaps: nothing where the gate stood still, unknown where it moved', () => {
    const cycle = [logged('host-released', 10), logged('host-taken', 12)];
    const facts = [...cycle, logged('host-perhaps-released', 40)];
    expect(foldEvidence(facts, 1, moves, rules)).toEqual({ carries: 'open', carriesFence: 1 });
    expect(foldEvidence(facts, 2, moves, rules)).toEqual({ carries: 'unknown', carriesFence: null });
  });

  it('does not know what a fence of the platform’s own stood for', () => {
    const history = [
      { at: started, event: { type: 'openingOrdered', fence: 1 } },
      { at: after(1), event: { type: 'moved', fence: 1, movedAt: after(1) } },
      { at: after(60), event: { type: 'closingOrdered', fence: 2 } },
      { at: after(61), event: { type: 'disputed', fence: 2, theirFence: 7 } },
      { at: after(90), event: { type: 'fenceAdopted', fence: 8 } },
      { at: after(91), event: { type: 'moved', fence: 8, movedAt: after(91) } },
    ];
    const known = gateMovesOf(history);
    expect(known.find(({ fence }) => fence === 8)).toMatchObject({ position: 'closed', movedAt: after(91) });
    const cycle = [logged('host-released', 30), logged('host-taken', 31)];
    expect(foldEvidence(cycle, null, known, rules)).toEqual({ carries: 'open', carriesFence: 1 });
    const within = [logged('host-released', 70), logged('host-taken', 71)];
    expect(foldEvidence(within, null, known, rules)?.carries).toBe('unknown');
    const later = [logged('host-released', 100), logged('host-taken', 101)];
    expect(foldEvidence(later, null, known, rules)).toEqual({ carries: 'closed', carriesFence: 8 });
  });
});
