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
