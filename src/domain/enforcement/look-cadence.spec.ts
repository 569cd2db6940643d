import fc from 'fast-check';
import { addMilliseconds } from '../instants.js';
import { anExemption, aRestart, started } from './enforcement.examples.js';
import { chanceOf, notPastWindow, paceOf, waitMs } from './look-cadence.js';
import type { RestartState } from './restart.js';

const cadence = { observeEveryMs: 15_000, watchEveryMs: 300_000, watchLooksAMinute: 300 };
const alone = { live: 1, chance: 0 };
const secondsFor = (pace: Parameters<typeof waitMs>[0], quietLooks: number, of = alone) =>
  waitMs(pace, quietLooks, of, cadence) / 1_000;

describe('how long until the next look', () => {
  it('does not grow for work of our own, doubles while somebody else has to move, and ends at half a watch', () => {
    expect([0, 1, 5, 99].map((quiet) => secondsFor('ours', quiet))).toEqual([15, 15, 15, 15]);
    expect([0, 1, 2, 3, 4, 99].map((quiet) => secondsFor('others', quiet))).toEqual([
      15, 30, 60, 120, 150, 150,
    ]);
    expect(secondsFor('watch', 0)).toBe(300);
  });

  it('never falls below the observing interval, however short the watch is', () => {
    const quick = { ...cadence, watchEveryMs: 2_000 };
    expect(waitMs('others', 9, alone, quick)).toBe(15_000);
  });

  it('grows with the number of live exemptions: all of them together take no more looks than the budget', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.constantFrom('watch' as const, 'others' as const),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (live, watchLooksAMinute, pace, chance) => {
          const wait = waitMs(pace, 99, { live, chance }, { ...cadence, watchLooksAMinute });
          expect((live * 60_000) / (wait + 1)).toBeLessThanOrEqual(watchLooksAMinute);
        },
      ),
    );
  });

  it('spreads ten thousand that were looked at in one second: no minute has more than the budget and a tenth', () => {
    const live = 10_000;
    const minutes = new Map<number, number>();
    for (let index = 0; index < live; index += 1) {
      const chance = ((index * 2_654_435_761) % 2 ** 32) / 2 ** 32;
      const comesAt = waitMs('watch', 0, { live, chance }, cadence);
      const minute = Math.floor(comesAt / 60_000);
      minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
    }
    expect(Math.max(...minutes.values())).toBeLessThanOrEqual(330);
  });

  it('ends at the beginning of the window that is waited for', () => {
    const window = { startsAt: addMilliseconds(started, 40_000), endsAt: addMilliseconds(started, 90_000) };
    const plan = { mode: 'managed', window, maxUnavailable: 1, canary: true } as const;
    expect(notPastWindow(150_000, anExemption({ restartPlan: plan }), started)).toBe(40_000);
    expect(notPastWindow(15_000, anExemption({ restartPlan: plan }), started)).toBe(15_000);
    const later = addMilliseconds(started, 50_000);
    expect(notPastWindow(150_000, anExemption({ restartPlan: plan }), later)).toBe(150_000);
  });

  it('differs from id to id, and is the same for the same', () => {
    const id = '0199aaaa-0000-7000-8000-0123456789ab';
    expect(chanceOf(id)).toBe(chanceOf(id));
    expect(chanceOf('0199aaaa-0000-7000-8000-0000ffffffff')).toBeCloseTo(1);
    expect(chanceOf('0199aaaa-0000-7000-8000-000000000000')).toBe(0);
  });
});

describe('whose move it is', () => {
  const effective = anExemption({ state: 'effective' });
  const revoking = anExemption({ state: 'revoking', fence: 2 });
  const suspended = anExemption({ state: 'suspended', fence: 2 });
  it.each<[string, Parameters<typeof paceOf>[0], readonly RestartState[], string]>([
    ['a machine is under way', anExemption(), ['deallocating', 'waiting'], 'ours'],
    ['a machine waits for its owner', anExemption(), ['waiting', 'restarted'], 'others'],
    ['a machine is blocked', anExemption(), ['blocked'], 'others'],
    ['the exemption is effective', effective, ['restarted', 'resting'], 'watch'],
    ['the exemption is effective and a machine waits', effective, ['waiting'], 'others'],
    ['it is suspended', suspended, [], 'watch'],
  ])('%s', (_what, exemption, states, pace) => {
    const restarts = states.map((state, index) => aRestart({ name: `mx${String(index)}`, state }));
    expect(paceOf(exemption, restarts, false)).toBe(pace);
  });

  it('is ours in a revocation while a machine waits, and that of others when all that is left is blocked', () => {
    const revoke = (state: RestartState) => [aRestart({ state, direction: 'revoke', fence: 2 })];
    expect(paceOf(revoking, revoke('waiting'), false)).toBe('ours');
    expect(paceOf(revoking, revoke('blocked'), false)).toBe('others');
  });
});
