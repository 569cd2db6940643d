import type { Gate } from '../gate/gate.js';
import { addMilliseconds, compareInstants, type Instant, millisecondsBetween } from '../instants.js';
import type { LoggedMove, LogReading } from '../ports/activity-log.js';
import type { GoneBy, Machine } from './machine.js';
import { mayBeOpenAway } from './physics.js';
import type { Blocker, Direction } from './restart.js';
import { troubleWords } from './trouble-words.js';

/** A machine that is not where it was, with all that one look learnt about where it may be. */
export interface Absence {
  readonly vmId: string;
  readonly how: 'not-found' | 'other-machine-under-its-name' | 'delete-logged';
  /** When the delete that the log shows ended, on the cloud's clock; null where it shows none. */
  readonly deletedAt: Instant | null;
  /** Moves out of the resource groups of the subscription in which it was; null where nobody asked. */
  readonly moves: LogReading<LoggedMove> | null;
  /** The uniform scale set in which it lay is in its subscription still. */
  readonly isSetHere?: boolean;
  /** What a search of every subscription that may be seen gave; null where nobody asked. */
  readonly search: 'nowhere' | 'unavailable' | null;
}

export interface AbsenceRules {
  readonly now: Instant;
  /** Between the two 404s that make a machine absent. */
  readonly goneConfirmMs: number;
  /** How late the cloud's activity log, and its index of machines, may tell of something. */
  readonly logLateMs: number;
  readonly clockMarginMs: number;
  /** Null where the subscription did not answer: then nothing is concluded. */
  readonly subscriptionEnabled: boolean | null;
  readonly direction: Direction | null;
  readonly gate: Gate;
  /** An engineer found out what became of it, and answers for that. */
  readonly saidGone?: boolean;
}

/** What an absence leads to: the machine as it is known then, and why the end of a right needs a human for it. */
export interface AfterAbsence {
  readonly machine: Machine;
  readonly blocker: Blocker | null;
}

/**
 * A machine that may hold an open host is gone only by a delete that the log shows, and shows without a move that might
 * make it the delete of another machine. Two 404s some time apart, or another machine under its name, make it absent: a
 * machine that is moved to another subscription keeps its host there (docs/enforcement.md, decision 0021).
 */
export function afterAbsence(machine: Machine, absence: Absence, rules: AbsenceRules): AfterAbsence {
  const missing = missingNow(machine, absence, rules);
  const gone = (by: GoneBy): AfterAbsence => ({ machine: goneNow(machine, by), blocker: null });
  if (rules.saidGone === true) return gone('said-by-engineer');
  if (!mayBeOpenAway(machine, rules.gate))
    return missing.absentSince === null ? { machine: missing, blocker: null } : gone('nothing-open');
  if (isDeleted(machine, absence, rules)) return gone('delete-logged');
  if (hasLeftItsSet(missing, absence, rules)) return gone('left-its-set');
  if (rules.direction !== 'revoke') return { machine: { ...missing, nowhereSince: null }, blocker: null };
  const searched = searchedNow(missing, absence, rules);
  if (isFoundNowhere(machine, searched, absence, rules)) return gone('found-nowhere');
  return { machine: searched, blocker: blockerOf(searched, absence, rules) };
}

function missingNow(machine: Machine, { how }: Absence, rules: AbsenceRules): Machine {
  const { now, goneConfirmMs, subscriptionEnabled } = rules;
  const before = machine.notFoundSince;
  const isTwice = before !== null && millisecondsBetween(before, now) >= goneConfirmMs;
  const isConfirmed = subscriptionEnabled !== null && (how !== 'not-found' || isTwice);
  return {
    ...machine,
    notFoundSince: before ?? now,
    absentSince: machine.absentSince ?? (isConfirmed ? now : null),
  };
}

/**
 * The record of a delete names a place: where something was moved out of that place's group before, it may be the delete of
 * a machine that was made there since. Such a move may be told later than the delete.
 */
function isDeleted(machine: Machine, { deletedAt, moves }: Absence, rules: AbsenceRules): boolean {
  if (deletedAt === null || millisecondsBetween(deletedAt, rules.now) < lateMs(rules)) return false;
  return saysNoMove(machine, moves, deletedAt, rules);
}

/** An instance is never moved without its set; that the set was, and another one made under its name, the log would tell. */
function hasLeftItsSet(machine: Machine, { isSetHere, moves }: Absence, rules: AbsenceRules): boolean {
  const { absentSince } = machine;
  if (isSetHere !== true || absentSince === null) return false;
  return (
    millisecondsBetween(absentSince, rules.now) >= lateMs(rules) && saysNoMove(machine, moves, null, rules)
  );
}

/** An answer counts once the log and the index had their time since the machine was missed. */
function searchedNow(machine: Machine, { search }: Absence, { now, logLateMs }: AbsenceRules): Machine {
  const isLateEnough =
    machine.notFoundSince !== null && millisecondsBetween(machine.notFoundSince, now) >= logLateMs;
  if (search !== 'nowhere' || !isLateEnough) return machine;
  return { ...machine, nowhereSince: machine.nowhereSince ?? now };
}

/** Twice, as far apart as an index lags, and the log tells of no move that may have taken it out of sight. */
function isFoundNowhere(
  before: Machine,
  { absentSince }: Machine,
  { search, moves }: Absence,
  rules: AbsenceRules,
): boolean {
  if (search !== 'nowhere' || before.nowhereSince === null || absentSince === null) return false;
  if (rules.subscriptionEnabled === null) return false;
  return (
    millisecondsBetween(before.nowhereSince, rules.now) >= rules.logLateMs &&
    saysNoMove(before, moves, null, rules)
  );
}

function blockerOf(machine: Machine, { search, moves }: Absence, rules: AbsenceRules): Blocker | null {
  const { now, logLateMs } = rules;
  if (machine.absentSince === null || machine.notFoundSince === null) return null;
  if (millisecondsBetween(machine.notFoundSince, now) < logLateMs) return null;
  if (search !== 'nowhere') return absentBlocker('cannot-look-elsewhere');
  if (moves?.kind !== 'read' || !moves.isWhole) return absentBlocker('moves-unknown');
  return saysNoMove(machine, moves, null, rules) ? null : absentBlocker('moved-elsewhere');
}

/** A whole answer of the log, without a move out of the machine's group since it was seen there. */
function saysNoMove(
  { resourceId, seenAt }: Machine,
  moves: LogReading<LoggedMove> | null,
  before: Instant | null,
  { clockMarginMs }: AbsenceRules,
): boolean {
  if (moves?.kind !== 'read' || !moves.isWhole) return false;
  const place = resourceId.toLowerCase();
  const since = addMilliseconds(seenAt, -clockMarginMs);
  return !moves.operations.some(
    ({ direction, group, at }) =>
      direction === 'out' &&
      place.startsWith(`${group}/`) &&
      compareInstants(at, since) >= 0 &&
      (before === null || compareInstants(at, before) <= 0),
  );
}

/** The clocks may stand apart by the margin. */
const lateMs = ({ logLateMs, clockMarginMs }: AbsenceRules) => logLateMs + clockMarginMs;

/** Should it come back, nobody here knows what it did meanwhile: when it was last without a host proves nothing then. */
export function goneNow(machine: Machine, goneBy: GoneBy): Machine {
  return {
    ...machine,
    gone: true,
    goneBy,
    host: 'none',
    releasedUnderFence: null,
    releasedSeenAt: null,
    stoppedSince: null,
  };
}

/** Why a machine that is absent keeps the end of a right from being complete until a human looks. */
function absentBlocker(code: string): Blocker {
  const { cause, next } = troubleWords(code, 'revoke');
  return { code, message: `It cannot be closed: ${cause}. ${next}` };
}

const movedElsewhere = 'moved-elsewhere';

/** Whether a restart of an earlier version waits for somebody to find its machine in another subscription. */
export function isMovedElsewhere(restart: { readonly blocker: Blocker | null } | undefined): boolean {
  return restart?.blocker?.code === movedElsewhere;
}
