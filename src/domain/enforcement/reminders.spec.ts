import { addDays, millisecondsPerDay } from '../instants.js';
import { aRestart, started } from './enforcement.examples.js';
import { missingOf, remind, type Reminded } from './reminders.js';

const days = (...all: readonly number[]) => all.map((one) => one * millisecondsPerDay);
const times = { remindAfterMs: days(1, 3, 7), remindEveryMs: 7 * millisecondsPerDay };

function remindedOn(looksOnDays: readonly number[], fenceOn = (_day: number) => 1): readonly number[] {
  let before: Reminded | null = null;
  return looksOnDays.filter((day) => {
    const { reminded, isDue } = remind(before, { fence: fenceOn(day), now: addDays(started, day) }, times);
    before = reminded;
    return isDue;
  });
}

describe('an owner who was asked to restart machines', () => {
  it('is reminded after a day, three days and a week, and then weekly', () => {
    const everyDay = Array.from({ length: 30 }, (_, day) => day);
    expect(remindedOn(everyDay)).toEqual([1, 3, 7, 14, 21, 28]);
  });

  it('is reminded once where several reminders were missed, and never twice for one (I10)', () => {
    expect(remindedOn([0, 20, 20, 20.5, 21, 21])).toEqual([20, 21]);
  });

  it('has the times begin anew with every order', () => {
    expect(remindedOn([0, 1, 2, 3, 4, 5, 6], (day) => (day < 2.5 ? 1 : 2))).toEqual([1, 4, 6]);
  });
});

describe('what is missing', () => {
  it('is told by what its owner has to do, with the first ten of each', () => {
    const names = Array.from({ length: 12 }, (_, index) => `mx${String(index + 10)}`);
    const restarts = [
      ...names.map((name) => aRestart({ name })),
      aRestart({ name: 'a' }),
      aRestart({ name: 'b', state: 'restarted' }),
      aRestart({ name: 'c', state: 'blocked', blocker: { code: 'x', message: 'x', since: started } }),
      aRestart({ name: 'd' }),
    ];
    const states = new Map(restarts.map(({ vmId, name }) => [vmId, { powerState: stateOf(name) }] as const));
    const missing = missingOf(restarts, states);
    expect(missing).toMatchObject({
      count: 15,
      running: { count: 12 },
      shutDown: { count: 1, names: ['a'] },
    });
    expect(missing.running.names).toEqual(names.slice(0, 10));
    expect(missing.others.names).toEqual(['c', 'd']);
  });
});

function stateOf(name: string) {
  if (name === 'a') return 'stopped';
  return name === 'd' ? 'unknown' : 'running';
}
