import { addMilliseconds } from '../instants.js';
import { afterAbsence, type AbsenceRules } from './absence.js';
import { aGate, aMachine, aRestart } from './enforcement.examples.js';

const minuteMs = 60_000;
const machine = aMachine({ carries: 'open' });
const group = machine.resourceId.toLowerCase().split('/').slice(0, 5).join('/');
const noon = addMilliseconds(machine.seenAt, minuteMs);
const rules: AbsenceRules = {
  now: noon,
  goneConfirmMs: minuteMs,
  logLateMs: 20 * minuteMs,
  clockMarginMs: 5 * minuteMs,
  subscriptionEnabled: true,
  direction: 'revoke',
  gate: aGate({ state: 'closed', fence: 2 }),
  moves: [],
};
const missing = (minutes: number) => ({
  ...machine,
  notFoundSince: addMilliseconds(noon, -minutes * minuteMs),
});
const moved = (from: string, minutes: number) => [
  { direction: 'out' as const, group: from, at: addMilliseconds(machine.seenAt, minutes * minuteMs) },
];
const after = (of = machine, differs: Partial<AbsenceRules> = {}, restart = aRestart()) => {
  const { machine: known, isMoved } = afterAbsence(of, 'not-found', restart, { ...rules, ...differs });
  return isMoved ? 'moved' : known.gone ? 'gone' : 'missing';
};

describe('a machine that is not found', () => {
  it('is gone after two answers some time apart while its subscription answers', () => {
    const differs = { direction: 'enable' } as const;
    expect(after(machine, differs)).toBe('missing');
    expect(after(missing(0.9), differs)).toBe('missing');
    expect(after(missing(1), differs)).toBe('gone');
    expect(after(missing(1), { ...differs, subscriptionEnabled: null })).toBe('missing');
  });

  it('is not gone while a right is ended before the log had its time to tell of a move (F11, I7)', () => {
    expect(after(missing(19))).toBe('missing');
    expect(after(missing(20))).toBe('gone');
    expect(after(missing(20), { moves: null })).toBe('gone');
  });

  it('holds nothing open where it held no host, or an open gate’s end reaches running machines', () => {
    expect(after({ ...missing(1), host: 'none' })).toBe('gone');
    expect(after({ ...missing(1), carries: 'closed' })).toBe('gone');
  });

  it('may live on elsewhere where something was moved out of its group since it was seen', () => {
    expect(after(missing(30), { moves: moved(group, 0.5) })).toBe('moved');
    expect(after(missing(30), { moves: moved(group, -4) })).toBe('moved');
    expect(after(missing(30), { moves: moved(group, -6) })).toBe('gone');
    expect(after(missing(30), { moves: moved(`${group}2`, 1) })).toBe('gone');
    expect(after(missing(30), { moves: moved(group, 1), direction: 'enable' })).toBe('gone');
  });

  it('stays so while it waits for a human, whatever the log still says, and is gone once the human said so', () => {
    const blocker = { code: 'moved-elsewhere', message: 'somewhere', since: noon };
    expect(after(missing(9_000), {}, aRestart({ state: 'blocked', blocker }))).toBe('moved');
    expect(after(missing(1), { moves: moved(group, 1) }, aRestart({ state: 'gone' }))).toBe('gone');
  });
});

describe('a machine of which a delete was logged, or in whose place another one stands', () => {
  const said = ['delete-logged', 'other-machine-under-its-name'] as const;

  it.each(said)('is gone at once: %s', (how) => {
    const seen = afterAbsence(machine, how, aRestart(), { ...rules, direction: 'enable' });
    expect(seen).toMatchObject({ isMoved: false, machine: { gone: true, host: 'none' } });
    // Should it come back, a release of before proves nothing (I7).
    expect(seen.machine).toMatchObject({ releasedUnderFence: null, releasedSeenAt: null });
  });

  it.each(said)('may live on elsewhere while a right is ended, with a decoy in its place: %s (I7)', (how) => {
    const seen = afterAbsence(missing(30), how, aRestart(), { ...rules, moves: moved(group, 1) });
    expect(seen).toMatchObject({ isMoved: true, machine: { gone: false } });
  });

  it('is not gone by a decoy before the log had its time to tell of a move, and is at once by a delete', () => {
    const after = (how: (typeof said)[number], minutes: number) =>
      afterAbsence(missing(minutes), how, aRestart(), rules).machine.gone;
    expect([after('other-machine-under-its-name', 19), after('other-machine-under-its-name', 20)]).toEqual([
      false,
      true,
    ]);
    expect(after('delete-logged', 1)).toBe(true);
  });
});
