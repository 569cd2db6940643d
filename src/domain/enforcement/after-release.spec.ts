import fc from 'fast-check';
import { addMilliseconds } from '../instants.js';
import type { PowerState } from '../ports/compute-control-plane.js';
import { afterAbsence } from './absence.js';
import { aGate, aMachine, aSighting, started } from './enforcement.examples.js';
import type { Machine } from './machine.js';
import { carriesPresentPosition, isExempt, mayStillBeOpen, observe, restsUnder } from './physics.js';

const minuteMs = 60_000;
const rules = { clockMarginMs: 5 * minuteMs, firstListedAt: null };
const open = aGate({ state: 'open', fence: 1 });
const confirmedAt = addMilliseconds(started, minuteMs);
const closed = aGate({ state: 'closed', fence: 2, confirmedAt, movedAt: confirmedAt });

/** What is known of a machine after looks, each so many minutes after the gate opened. */
function seen(looks: readonly (readonly [number, PowerState])[], gate = open, before: Machine | null = null) {
  return looks.reduce<Machine>((known, [minute, powerState]) => {
    const at = addMilliseconds(started, minute * minuteMs);
    return observe(known, aSighting({ powerState, seenAt: at, at }), gate, rules).machine;
  }, before ?? aMachine());
}

describe('a machine that is shown stopped after it was seen without a host', () => {
  const released = seen([[0, 'deallocated']]);

  it.each<[string, readonly (readonly [number, PowerState])[]]>([
    ['for the first time, however long after', [[90, 'stopped']]],
    [
      'in looks that a way up may lie between',
      [
        [90, 'stopped'],
        [94.9, 'stopped'],
      ],
    ],
    [
      'on two ways up',
      [
        [90, 'stopped'],
        [91, 'starting'],
        [180, 'stopped'],
      ],
    ],
  ])('%s may be on its way up: nothing is concluded, and it is not to be stopped', (_name, looks) => {
    const machine = seen(looks, closed, released);
    expect(machine.host).toBe('none');
    expect(mayStillBeOpen(machine, closed)).toBe(true);
  });

  it.each<[string, readonly (readonly [number, PowerState])[]]>([
    [
      'in two looks that no way up lies between',
      [
        [90, 'stopped'],
        [95, 'stopped'],
      ],
    ],
    [
      'though the cloud said nothing of it in between (I17)',
      [
        [90, 'stopped'],
        [93, 'unknown'],
        [95, 'stopped'],
      ],
    ],
  ])('%s holds a host perhaps, and of nobody knows which position', (_name, looks) => {
    const machine = seen(looks, closed, released);
    expect(machine).toMatchObject({ host: 'unknown', carries: 'unknown' });
    expect(mayStillBeOpen(machine, closed)).toBe(true);
    expect(restsUnder(machine, closed)).toBe(false);
  });

  it('under the gate of its release rests all the same: what it took since has that position (I6, I7)', () => {
    const looks = [
      [10, 'deallocated'],
      [20, 'stopped'],
      [30, 'stopped'],
    ] as const;
    expect(restsUnder(seen(looks, closed), closed)).toBe(true);
    expect(mayStillBeOpen(seen(looks, closed), closed)).toBe(false);
    expect(mayStillBeOpen(seen(looks), open)).toBe(true);
    expect(isExempt(seen([...looks, [40, 'running']]), open)).toBe(true);
  });

  it('after it was gone may hold a host that it took anywhere (F11)', () => {
    const absence = { goneConfirmMs: 0, logLateMs: 0, clockMarginMs: 0, subscriptionEnabled: true };
    const about = { ...absence, now: started, direction: 'revoke', gate: closed } as const;
    const moves = { kind: 'read', operations: [], isWhole: true } as const;
    const said = { vmId: 'vm-mx1', how: 'delete-logged', deletedAt: started, moves, search: null } as const;
    const away = afterAbsence(aMachine(), said, about).machine;
    expect(away.gone).toBe(true);
    const back = seen([[10, 'stopped']], closed, away);
    expect(mayStillBeOpen(back, closed)).toBe(true);
    const machine = seen([[15, 'stopped']], closed, back);
    expect(machine).toMatchObject({ gone: false, host: 'held', carries: 'unknown' });
    expect(seen([[20, 'running']], closed, machine)).toMatchObject({ host: 'held', carries: 'unknown' });
  });
});

describe('looks that are far apart, at a machine that its owner starts, shuts down and stops', () => {
  const acts = ['open', 'close', 'deallocate', 'start', 'go up', 'shut down', 'look', 'wait'] as const;

  it('never make it exempt or closed where it is not, and no open host goes uncounted (I6, I7, I17)', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...acts), { maxLength: 40 }), (sequence) => {
        let [gate, carried, power]: [typeof open, string, PowerState] = [open, 'closed', 'running'];
        let machine = aMachine({ carries: 'unknown' });
        let at = addMilliseconds(started, minuteMs);
        for (const act of sequence) {
          at = addMilliseconds(at, act === 'wait' ? 67 * minuteMs : minuteMs);
          if (act === 'open' || act === 'close') {
            const state = act === 'open' ? 'open' : 'closed';
            gate = aGate({ state, fence: gate.fence + 1, confirmedAt: at, movedAt: at, firstOpenedFence: 1 });
          }
          if (act === 'deallocate') [carried, power] = ['off', 'deallocated'];
          if ((act === 'start' || act === 'go up') && carried === 'off') carried = gate.position;
          // On its way up it is shown stopped, or starting, for a moment.
          if (act === 'go up' && power === 'deallocated') power = 'stopped';
          if (act === 'start') power = 'running';
          if (act === 'shut down' && power === 'running') power = 'stopped';
          if (act !== 'look') continue;
          machine = observe(machine, aSighting({ powerState: power, seenAt: at, at }), gate, rules).machine;
          if (isExempt(machine, gate)) expect(carried).toBe('open');
          if (carriesPresentPosition(machine, gate)) expect(carried).toBe(gate.position);
          if (!mayStillBeOpen(machine, gate)) expect(carried).not.toBe('open');
          if (restsUnder(machine, gate)) expect(['off', gate.position]).toContain(carried);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
