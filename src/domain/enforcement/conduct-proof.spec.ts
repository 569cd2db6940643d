import { conduct, isProven } from './conduct.js';
import { aGate, aMachine, anExemption, aRestart, aSituation } from './enforcement.examples.js';
import type { Machine } from './machine.js';
import type { Restart } from './restart.js';
import type { Situation } from './situation.js';

const names = (count: number) => Array.from({ length: count }, (_, index) => `mx${String(index + 1)}`);
const fleet = (count: number, differs: Partial<Machine> = {}) =>
  names(count).map((name) => aMachine({ name, ...differs }));

describe('when it is proven', () => {
  const done = (state: Restart['state']) => [aRestart({ state })];

  it('is proven without machines by the first complete listing', () => {
    expect(isProven(aSituation())).toBe(true);
    expect(isProven(aSituation({ listedInFull: false }))).toBe(false);
  });

  it.each<[Restart['state'], boolean]>([
    ['restarted', true],
    ['resting', true],
    ['created-after', true],
    ['gone', true],
    ['waiting', false],
    ['deallocating', false],
    ['starting', false],
    ['blocked', false],
    ['failed', false],
    ['skipped', false],
  ])('with its one machine %s: %s (I6)', (state, proven) => {
    expect(isProven(aSituation({ machines: fleet(1), restarts: done(state) }))).toBe(proven);
  });

  it('is not proven by an empty listing while machines are known: nobody is gone by absence (F24)', () => {
    expect(isProven(aSituation({ machines: [], restarts: done('restarted') }))).toBe(false);
  });

  it('is proven with a machine that was proven, and is gone since (I6, I7)', () => {
    const goneVmIds = new Set([aMachine({ name: 'mx1' }).vmId]);
    for (const state of ['restarted', 'created-after', 'resting'] as const)
      expect(isProven(aSituation({ machines: [], restarts: done(state), goneVmIds }))).toBe(true);
    expect(isProven(aSituation({ machines: [], restarts: done('waiting'), goneVmIds }))).toBe(false);
  });

  it('is not proven by restarts of an earlier fence or the other direction (I7)', () => {
    const exemption = anExemption({ state: 'revoking', fence: 2 });
    const gate = aGate({ state: 'closed', fence: 2 });
    expect(isProven(aSituation({ exemption, gate, machines: fleet(1), restarts: done('restarted') }))).toBe(
      false,
    );
  });
});

const plan = (mode: 'managed' | 'observed') =>
  anExemption({ restartPlan: { mode, window: null, maxUnavailable: 1, canary: false }, fence: 3 });

describe('a machine that was proven and, as the log told later, took another host while the gate was closed', () => {
  const closed = aMachine({ name: 'mx1', carries: 'closed', carriesFence: 2 });
  const later = (differs: Partial<Situation> = {}) =>
    aSituation({
      exemption: { ...plan('managed'), state: 'effective' },
      gate: aGate({ state: 'open', fence: 3 }),
      machines: [closed],
      restarts: [aRestart({ state: 'restarted', fence: 3 })],
      ...differs,
    });

  it('is planned again, in another round, and begins under the plan; the exemption says so (I6)', () => {
    const { planned, begunAtOnce, holding } = conduct(later());
    expect(planned).toMatchObject([{ name: 'mx1', as: 'waiting', fence: 3, round: 2 }]);
    expect(begunAtOnce.size).toBe(1);
    expect(holding?.code).toBe('closed-again');
  });

  it('is not stopped where the owner does it, and keeps an exemption from becoming effective', () => {
    const exemption = plan('observed');
    const { planned, begunAtOnce } = conduct(later({ exemption }));
    expect([planned.length, begunAtOnce.size]).toEqual([1, 0]);
    const restarts = [...later().restarts, aRestart({ id: 'again', state: 'waiting', fence: 3, round: 2 })];
    expect(conduct(later({ restarts })).planned).toEqual([]);
    expect(isProven(later({ restarts }))).toBe(false);
  });

  it('is planned no more once it was cycled', () => {
    const back = aMachine({ name: 'mx1', carries: 'open', carriesFence: 3 });
    const restarts = [...later().restarts, aRestart({ id: 'again', state: 'restarted', fence: 3, round: 2 })];
    expect(conduct(later({ machines: [back], restarts })).planned).toEqual([]);
  });

  it('is planned again where it only may have taken one, and not while nobody knows whether it holds one', () => {
    const perhaps = { ...closed, carries: 'unknown', carriesFence: null } as const;
    const { planned, holding } = conduct(later({ machines: [perhaps] }));
    expect(planned).toMatchObject([{ name: 'mx1', as: 'waiting', fence: 3, round: 2 }]);
    expect(holding?.message).toContain('mx1 is not proven exempt');
    expect(conduct(later({ machines: [{ ...perhaps, host: 'unknown' }] })).planned).toEqual([]);
  });
});
