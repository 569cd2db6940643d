import { addMilliseconds } from '../instants.js';
import { aGate, aSighting, started } from './enforcement.examples.js';
import { clockMarginMs, definitionOf, live, type Beat, type Happening } from './evidence-fold.examples.js';
import { foldEvidence } from './evidence-fold.js';
import { gateMovesOf, type GateMove } from './gate-moves.js';
import type { Evidence } from './machine.js';
import { observe } from './physics.js';

const rules = { clockMarginMs };
const minuteMs = 60_000;
const opening: readonly Beat[] = [
  { afterMs: 0, happening: { what: 'order', position: 'open' } },
  { afterMs: 1_000, happening: { what: 'move' } },
  { afterMs: 1_000, happening: { what: 'look' } },
];

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

  it('says nothing of a host that was taken in a dispute: somebody else has moved the gate (F21, I7)', () => {
    const dispute = [
      { event: { type: 'closingOrdered', fence: 2 }, at: after(0) },
      { event: { type: 'moved', fence: 2, movedAt: after(0) }, at: after(0) },
      { event: { type: 'closingOrdered', fence: 3 }, at: after(60) },
      { event: { type: 'disputed', fence: 3, theirFence: 7 }, at: after(60) },
    ];
    const closed = aGate({ state: 'closed', fence: 2 });
    const disputed = aGate({ state: 'disputed', fence: 3, confirmedFence: 2, theirFence: 7 });
    const stopped = aSighting({ powerState: 'deallocated', seenAt: after(30), at: after(30) });
    const runs = aSighting({ powerState: 'running', seenAt: after(70), at: after(70) });
    const before = observe(null, stopped, closed, { clockMarginMs, firstListedAt: null });
    const then = observe(before.machine, runs, disputed, { clockMarginMs, firstListedAt: null });
    const evidence = [logged('host-taken', 10), ...before.evidence, ...then.evidence];
    expect(foldEvidence(evidence, null, gateMovesOf(dispute), rules)).toEqual({
      carries: 'unknown',
      carriesFence: null,
    });
  });
});
