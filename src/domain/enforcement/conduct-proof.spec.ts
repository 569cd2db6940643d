import { isProven } from './conduct.js';
import { aGate, aMachine, anExemption, aRestart, aSituation } from './enforcement.examples.js';
import type { Machine } from './machine.js';
import type { Restart } from './restart.js';

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

  it('is not proven by restarts of an earlier fence or the other direction (I7)', () => {
    const exemption = anExemption({ state: 'revoking', fence: 2 });
    const gate = aGate({ state: 'closed', fence: 2 });
    expect(isProven(aSituation({ exemption, gate, machines: fleet(1), restarts: done('restarted') }))).toBe(
      false,
    );
  });
});
