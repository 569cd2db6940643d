import fc from 'fast-check';
import { withEvidence } from './evidence-fold.js';
import { addMilliseconds } from '../instants.js';
import type { PowerState } from '../ports/compute-control-plane.js';
import { aGate, aSighting, started } from './enforcement.examples.js';
import type { Gate } from '../gate/gate.js';
import type { Machine } from './machine.js';
import { carriesPresentPosition, isExempt, mayStillBeOpen, observe, restsUnder } from './physics.js';

const rules = { clockMarginMs: 300_000, firstListedAt: null };
const g = aGate({ state: 'open', fence: 1 });

function see(powerStates: readonly PowerState[], gate: Gate = g): Machine {
  let machine: Machine | null = null;
  let at = addMilliseconds(started, 1_000);
  for (const powerState of powerStates) {
    at = addMilliseconds(at, 1_000);
    machine = observe(machine, aSighting({ powerState, seenAt: at, at }), gate, rules).machine;
  }
  if (machine === null) throw new Error('nothing was seen');
  return machine;
}

describe('when a machine is exempt (docs/enforcement.md)', () => {
  it('is not exempt while it holds the host that it had before the gate opened', () => {
    expect(isExempt(see(['running']), g)).toBe(false);
  });

  it('is exempt once it was seen deallocated and running again under the open gate', () => {
    expect(isExempt(see(['running', 'deallocating', 'deallocated', 'starting', 'running']), g)).toBe(true);
  });

  it('counts a hibernated machine as one without a host', () => {
    expect(restsUnder(see(['running', 'hibernated']), g)).toBe(true);
  });

  it.each<[string, readonly PowerState[]]>([
    ['stopped from inside, and started again', ['running', 'stopped', 'starting', 'running']],
    ['restarted from inside', ['running', 'running']],
    ['seen deallocating only, and running again', ['running', 'deallocating', 'running']],
    ['without a power state for a while', ['running', 'unknown', 'running']],
  ])('does not take a position when it was %s: it keeps its host', (_name, powerStates) => {
    expect(isExempt(see(powerStates), g)).toBe(false);
  });

  it('does not undo the stop when it is seen stopped briefly between deallocated and starting', () => {
    expect(restsUnder(see(['deallocated', 'stopped']), g)).toBe(true);
    expect(isExempt(see(['deallocated', 'stopped', 'starting', 'running']), g)).toBe(true);
  });

  it('keeps what it carries when the gate moves: moving the gate changes no running machine', () => {
    const machine = see(['deallocated', 'running']);
    expect(isExempt(machine, aGate({ state: 'closed', fence: 2 }))).toBe(true);
    expect(mayStillBeOpen(machine, aGate({ state: 'closed', fence: 2 }))).toBe(true);
  });

  it('counts the gate’s present position where the gate applies to running machines', () => {
    const machine = see(['running']);
    expect(isExempt(machine, aGate({ state: 'open', fence: 1, appliesTo: 'running' }))).toBe(true);
    expect(isExempt(machine, aGate({ state: 'closed', fence: 2, appliesTo: 'running' }))).toBe(false);
    expect(mayStillBeOpen(machine, aGate({ state: 'closed', fence: 2, appliesTo: 'running' }))).toBe(false);
  });

  it('says unknown where the gate moved between the release and the new host', () => {
    const released = see(['deallocated']);
    const closed = aGate({ state: 'closed', fence: 2, confirmedAt: addMilliseconds(started, 5_000) });
    const seenAt = addMilliseconds(started, 9_000);
    const { machine } = observe(released, aSighting({ powerState: 'running', seenAt }), closed, rules);
    expect(machine.carries).toBe('unknown');
    expect(isExempt(machine, closed)).toBe(false);
    expect(carriesPresentPosition(machine, closed)).toBe(false);
    expect(mayStillBeOpen(machine, closed)).toBe(true);
  });

  it('does not count a release that was seen before the gate had confirmed (own clock, F13)', () => {
    const early = addMilliseconds(started, -1);
    const { machine, evidence } = observe(
      null,
      aSighting({ powerState: 'deallocated', seenAt: early }),
      g,
      rules,
    );
    expect(restsUnder(machine, g)).toBe(false);
    expect(evidence).toEqual([]);
  });

  it('proves by cause what a cycle planned under this fence shows, however far our clock was set back (F13)', () => {
    const seenAt = addMilliseconds(started, -3_600_000);
    const stop = aSighting({ powerState: 'deallocated', seenAt });
    const start = aSighting({ powerState: 'running', seenAt });
    const cycled = (orderedUnder: number) => {
      const released = observe(see(['running']), { ...stop, orderedUnder }, g, rules).machine;
      return observe(released, { ...start, orderedUnder }, g, rules).machine;
    };
    expect(cycled(g.fence)).toMatchObject({ carries: 'open', carriesFence: g.fence });
    expect(cycled(g.fence - 1)).toMatchObject({ carries: 'unknown', carriesFence: null });
  });
});

describe('a machine created around the opening', () => {
  const seenAfter = (offsetMs: number, firstListedAt: string | null = null) =>
    observe(
      null,
      aSighting({
        powerState: 'running',
        timeCreated: addMilliseconds(started, offsetMs),
        seenAt: addMilliseconds(started, 3_600_000),
      }),
      g,
      { ...rules, firstListedAt },
    );
  const moves = [{ fence: g.fence, position: 'open', orderedAt: started, movedAt: started }] as const;
  /** As it is known once the log told that it was created in this subscription. */
  const createdAt = (offsetMs: number, firstListedAt: string | null = null) => {
    const { machine, evidence } = seenAfter(offsetMs, firstListedAt);
    const { subscriptionId, tenantId, vmId, timeCreated } = machine;
    const about = { subscriptionId, tenantId, vmId, source: 'log', operation: 'c', fence: 0 };
    const told = {
      ...about,
      kind: 'activity-log',
      fact: 'created-here',
      at: timeCreated ?? started,
    } as const;
    return withEvidence(machine, [...evidence, told], moves, { ...rules, settledFence: g.fence });
  };

  it('carries the open position when it was created after g and outside the margin, in this subscription', () => {
    expect(isExempt(createdAt(300_001), g)).toBe(true);
    expect(createdAt(300_001).createdHere).toBe(true);
  });

  it('carries nobody knows what where the log does not tell that it was created in this subscription (F28, I6)', () => {
    const { machine, evidence } = seenAfter(300_001);
    expect(machine).toMatchObject({ carries: 'unknown', carriesFence: null, createdHere: false });
    const later = { ...rules, settledFence: g.fence };
    expect(withEvidence(machine, evidence, moves, later)).toEqual(machine);
    const cycled = evidence.map((one) => ({ ...one, kind: 'activity-log', fact: 'host-taken' }) as const);
    expect(withEvidence(machine, [...evidence, ...cycled], moves, later).carries).toBe('unknown');
  });

  it.each([-299_000, 0, 299_000])(
    'is cycled, not assumed, when it was created %d ms from g (F13)',
    (offsetMs) => {
      expect(createdAt(offsetMs).carries).toBe('unknown');
    },
  );

  it('carries the closed position when it was created before the first opening', () => {
    expect(createdAt(-300_001).carries).toBe('closed');
  });

  it('carries the open position by cause when the first complete listing after g did not have it', () => {
    expect(isExempt(createdAt(60_000, addMilliseconds(started, 1_000)), g)).toBe(true);
    expect(createdAt(-60_000, addMilliseconds(started, 1_000)).carries).toBe('unknown');
  });
});

describe('against the definition itself', () => {
  type Act = 'deallocate' | 'start' | 'powerOff' | 'restart' | 'open' | 'close' | 'blink';
  const acts = fc.array(
    fc.constantFrom<Act>('deallocate', 'start', 'powerOff', 'restart', 'open', 'close', 'blink'),
    { maxLength: 40 },
  );

  it('never says exempt of a machine that is closed, nor closed of one that is open, in any order of acts (I6, I7)', () => {
    fc.assert(
      fc.property(acts, (sequence) => {
        const world = {
          position: 'closed' as 'open' | 'closed',
          fence: 1,
          carried: 'closed' as 'open' | 'closed' | 'off',
          power: 'running' as PowerState,
        };
        let gate = aGate({ state: 'closed', fence: 1, firstOpenedFence: null });
        let machine: Machine | null = null;
        let at = addMilliseconds(started, 1);
        for (const act of sequence) {
          at = addMilliseconds(at, 1_000);
          if (act === 'open' || act === 'close') {
            world.position = act === 'open' ? 'open' : 'closed';
            world.fence += 1;
            const firstOpenedFence = gate.firstOpenedFence ?? (act === 'open' ? world.fence : null);
            gate = aGate({
              state: world.position,
              fence: world.fence,
              firstOpenedFence,
              confirmedAt: at,
              movedAt: at,
            });
          }
          if (act === 'deallocate') Object.assign(world, { carried: 'off', power: 'deallocated' });
          if (act === 'start' && world.power === 'deallocated')
            Object.assign(world, { carried: world.position });
          if (act === 'start') world.power = 'running';
          if (act === 'powerOff' && world.power === 'running') world.power = 'stopped';
          const shown = act === 'blink' ? 'unknown' : world.power;
          machine = observe(machine, aSighting({ powerState: shown, seenAt: at, at }), gate, rules).machine;
          if (isExempt(machine, gate)) expect(world.carried).toBe('open');
          if (!mayStillBeOpen(machine, gate)) expect(world.carried).not.toBe('open');
          if (carriesPresentPosition(machine, gate)) expect(world.carried).toBe(gate.position);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing when the same look is folded twice (F12)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<PowerState>('running', 'deallocated', 'stopped', 'unknown'), {
          minLength: 1,
        }),
        (powers) => {
          const once = see(powers);
          const twice = observe(
            once,
            aSighting({ powerState: powers.at(-1) ?? 'unknown', seenAt: once.seenAt, at: once.seenAt }),
            g,
            rules,
          );
          expect(twice.machine).toEqual(once);
          expect(twice.evidence).toEqual([]);
        },
      ),
    );
  });
});
