import { addMilliseconds } from '../instants.js';
import { type Absence, type AbsenceRules, afterAbsence } from './absence.js';
import { aGate, aMachine } from './enforcement.examples.js';
import type { Machine } from './machine.js';

const minuteMs = 60_000;
const machine = aMachine({ carries: 'open', carriesFence: 1 });
const group = machine.resourceId.toLowerCase().split('/').slice(0, 5).join('/');
const noon = addMilliseconds(machine.seenAt, 60 * minuteMs);
const rules: AbsenceRules = {
  now: noon,
  goneConfirmMs: minuteMs,
  logLateMs: 20 * minuteMs,
  clockMarginMs: 5 * minuteMs,
  subscriptionEnabled: true,
  direction: 'revoke',
  gate: aGate({ state: 'closed', fence: 2 }),
};
const whole = { kind: 'read', operations: [], isWhole: true } as const;
const unread = { kind: 'unread', code: 'AuthorizationFailed', retryAfterSeconds: null } as const;
const moved = (from: string, minutes: number) => ({
  ...whole,
  operations: [
    { direction: 'out' as const, group: from, at: addMilliseconds(machine.seenAt, minutes * minuteMs) },
  ],
});
const ago = (minutes: number) => addMilliseconds(noon, -minutes * minuteMs);
const missing = (minutes: number, of: Machine = machine): Machine => ({
  ...of,
  notFoundSince: ago(minutes),
  absentSince: ago(minutes - 1),
});
const absence = (differs: Partial<Absence> = {}): Absence => ({
  vmId: machine.vmId,
  how: 'not-found',
  deletedAt: null,
  moves: whole,
  search: 'nowhere',
  ...differs,
});
const enabled = { direction: 'enable', gate: aGate({ state: 'open', fence: 1 }) } as const;
const become = (of: Machine, seen: Partial<Absence> = {}, differs: Partial<AbsenceRules> = {}) => {
  const { machine: known, blocker } = afterAbsence(of, absence(seen), { ...rules, ...differs });
  if (known.gone) return known.goneBy;
  return blocker?.code ?? (known.absentSince === null ? 'missing' : 'absent');
};

describe('a machine that is not found', () => {
  it('is absent after two answers some time apart while its subscription answers, and gone by none of them (I7)', () => {
    const once = { ...machine, notFoundSince: ago(0.9) };
    expect([become(machine), become(once)]).toEqual(['missing', 'missing']);
    const twice = { ...machine, notFoundSince: ago(1) };
    expect(become(twice)).toBe('absent');
    expect(become(twice, {}, { subscriptionEnabled: null })).toBe('missing');
    expect(become(missing(9_000), {}, enabled)).toBe('absent');
  });

  it('is absent at once where another machine stands under its name', () => {
    expect(become(machine, { how: 'other-machine-under-its-name' })).toBe('absent');
  });

  it.each([
    ['it holds no host under the closed gate', { host: 'none', releasedUnderFence: 2 }],
    ['it carries the closed position of the present fence', { carries: 'closed', carriesFence: 2 }],
  ] as const)('holds nothing open where %s', (_what, differs) => {
    expect(become(missing(1, { ...machine, ...differs }))).toBe('nothing-open');
  });

  it.each([
    ['lost its host under an earlier gate', { host: 'none', releasedUnderFence: 1 }],
    ['was closed before the gate opened', { carries: 'closed', carriesFence: null }],
  ] as const)(
    'may hold an open host where it %s: it may have been cycled since, unseen',
    (_what, differs) => {
      expect(become(missing(1, { ...machine, ...differs }))).toBe('absent');
    },
  );
});

it('that an engineer answers for is gone on their word', () => {
  expect(become(machine, { search: 'unavailable' }, { saidGone: true })).toBe('said-by-engineer');
});

describe('a delete that the log shows', () => {
  const deleted = (minutes: number, differs: Partial<Absence> = {}): Partial<Absence> => ({
    how: 'delete-logged',
    deletedAt: ago(minutes),
    ...differs,
  });

  it('makes a machine gone, in either direction, once a move before it would have been told', () => {
    expect([become(machine, deleted(24)), become(machine, deleted(25))]).toEqual(['absent', 'delete-logged']);
    expect(become(machine, deleted(25), enabled)).toBe('delete-logged');
  });

  it('may be that of a decoy: where something was moved out of the group before, it proves nothing (F28, I7)', () => {
    expect(become(machine, deleted(25, { moves: moved(group, 1) }))).toBe('absent');
    expect(become(machine, deleted(25, { moves: moved(group, 1) }), enabled)).toBe('absent');
    expect(become(machine, deleted(25, { moves: moved(`${group}2`, 1) }))).toBe('delete-logged');
    expect(become(machine, deleted(25, { moves: moved(group, 36) }))).toBe('delete-logged');
    expect(become(machine, deleted(25, { moves: moved(group, -6) }))).toBe('delete-logged');
  });

  it.each([
    ['was not asked', null],
    ['cannot be read', unread],
    ['is not whole', { ...whole, isWhole: false }],
  ])('proves nothing where the log of moves %s', (_what, moves) => {
    expect(become(machine, deleted(25, { moves }))).toBe('absent');
  });
});

describe('an instance of a uniform scale set', () => {
  const inSet = { isSetHere: true } as const;

  it('is gone without a record of its own where its set is here still, once a move of that would have been told (F11)', () => {
    expect([become(missing(25), inSet), become(missing(26), inSet)]).toEqual(['absent', 'left-its-set']);
    expect(become(missing(26), inSet, enabled)).toBe('left-its-set');
    expect(become(missing(26), { isSetHere: false }, enabled)).toBe('absent');
    expect(become(missing(26), { ...inSet, moves: moved(group, 1) }, enabled)).toBe('absent');
    expect(become(missing(26), { ...inSet, moves: null }, enabled)).toBe('absent');
  });
});

describe('the end of a right and a machine that is absent', () => {
  const searched = (minutes: number, nowhere: number | null) => ({
    ...missing(minutes),
    nowhereSince: nowhere === null ? null : ago(nowhere),
  });

  it('has it gone where nothing is found twice, apart, after the index and the log had their time', () => {
    const first = afterAbsence(searched(19, null), absence(), rules).machine;
    expect(first.nowhereSince).toBeNull();
    expect(afterAbsence(searched(20, null), absence(), rules).machine.nowhereSince).toBe(noon);
    expect([become(searched(40, 19)), become(searched(40, 20))]).toEqual(['absent', 'found-nowhere']);
    expect(become(searched(40, 20), {}, { subscriptionEnabled: null })).toBe('absent');
  });

  it('calls a human where it cannot be searched for, and one answer between them is no proof (I17)', () => {
    expect(become(searched(19, null), { search: 'unavailable' })).toBe('absent');
    expect(become(searched(20, null), { search: 'unavailable' })).toBe('cannot-look-elsewhere');
    expect(become(searched(60, 30), { search: 'unavailable' })).toBe('cannot-look-elsewhere');
  });

  it('calls a human where the log tells of a move, and it is nowhere in sight: it may be out of sight', () => {
    expect(become(searched(60, 30), { moves: moved(group, 0.5) })).toBe('moved-elsewhere');
    expect(become(searched(60, 30), { moves: moved(group, -4) })).toBe('moved-elsewhere');
    expect(become(searched(60, 30), { moves: moved(group, -6) })).toBe('found-nowhere');
  });

  it('calls a human where the log does not answer of moves', () => {
    expect(become(searched(60, 30), { moves: unread })).toBe('moves-unknown');
    expect(become(searched(60, 30), { moves: { ...whole, isWhole: false } })).toBe('moves-unknown');
  });

  it('is none while a right is enabled: then it is absent, however long, and a search of before counts for nothing', () => {
    const seen = afterAbsence(searched(9_000, 8_000), absence(), { ...rules, ...enabled });
    expect([seen.blocker, seen.machine.gone, seen.machine.nowhereSince]).toEqual([null, false, null]);
  });
});
