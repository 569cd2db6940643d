import type { Gate } from '../gate/gate.js';
import { addMilliseconds, compareInstants, type Instant, millisecondsBetween } from '../instants.js';
import type { LoggedMove } from '../ports/activity-log.js';
import type { Machine } from './machine.js';
import { mayStillBeOpen } from './physics.js';
import type { Blocker, Direction, Restart } from './restart.js';
import { troubleWords } from './trouble-words.js';

/** A machine that is not where it was: seen by a direct read, for `gone` is never inferred from absence. */
export interface Absence {
  readonly vmId: string;
  readonly how: 'not-found' | 'other-machine-under-its-name' | 'delete-logged';
}

export interface AbsenceRules {
  readonly now: Instant;
  /** Between the two 404s that make a machine gone. */
  readonly goneConfirmMs: number;
  /** How late the cloud's activity log may tell of something. */
  readonly logLateMs: number;
  readonly clockMarginMs: number;
  /** Null where the subscription did not answer: then nothing is concluded. */
  readonly subscriptionEnabled: boolean | null;
  readonly direction: Direction | null;
  readonly gate: Gate;
  /** What the log tells of moves; null where it did not answer, or was not asked. */
  readonly moves: readonly LoggedMove[] | null;
}

/** What an absence leads to: the machine as it is known then, and whether it may live on elsewhere. */
export interface AfterAbsence {
  readonly machine: Machine;
  readonly isMoved: boolean;
}

const movedElsewhere = 'moved-elsewhere';

/**
 * Two 404s some time apart while the subscription answers, another machine under its name, or a delete in the activity
 * log make a machine gone (docs/enforcement.md). While a right is ended, one that may hold an open host is not gone
 * before the log had its time to tell of a move, whatever stands in its place: moved to another subscription it holds that
 * host there, and a human looks. What the human says then stands: `restart` is the machine's present one.
 */
export function afterAbsence(
  machine: Machine,
  how: Absence['how'],
  restart: Restart | undefined,
  rules: AbsenceRules,
): AfterAbsence {
  const gone = { machine: goneNow(machine), isMoved: false };
  if (restart?.state === 'gone') return gone;
  const isAtLarge = rules.direction === 'revoke' && mayStillBeOpen(machine, rules.gate);
  const isMoved = isAtLarge && (isMovedElsewhere(restart) || mayHaveMoved(machine, rules));
  const isSaid = how === 'delete-logged' || (how === 'other-machine-under-its-name' && !isAtLarge);
  if (isSaid && !isMoved) return gone;
  const confirmMs = isAtLarge ? Math.max(rules.goneConfirmMs, rules.logLateMs) : rules.goneConfirmMs;
  const since = machine.notFoundSince ?? rules.now;
  const isConfirmed =
    !isMoved &&
    rules.subscriptionEnabled !== null &&
    machine.notFoundSince !== null &&
    millisecondsBetween(since, rules.now) >= confirmMs;
  return isConfirmed ? gone : { machine: { ...machine, notFoundSince: since }, isMoved };
}

/** Should it come back, nobody here knows what it did meanwhile: when it was last without a host proves nothing then. */
function goneNow(machine: Machine): Machine {
  return {
    ...machine,
    gone: true,
    host: 'none',
    releasedUnderFence: null,
    releasedSeenAt: null,
    stoppedSince: null,
  };
}

/** Something was moved out of its resource group since it was seen there, on clocks that stand within the margin. */
function mayHaveMoved({ resourceId, seenAt }: Machine, { moves, clockMarginMs }: AbsenceRules): boolean {
  const place = resourceId.toLowerCase();
  const since = addMilliseconds(seenAt, -clockMarginMs);
  return (moves ?? []).some(
    ({ group, at }) => place.startsWith(`${group}/`) && compareInstants(at, since) >= 0,
  );
}

/** Whether a restart waits for somebody to find its machine in another subscription. */
export function isMovedElsewhere(restart: Pick<Restart, 'blocker'> | undefined): boolean {
  return restart?.blocker?.code === movedElsewhere;
}

/** Why a machine that was moved out of its subscription keeps the end of a right from being complete. */
export function movedElsewhereBlocker(direction: Direction): Blocker {
  const { cause, next } = troubleWords(movedElsewhere, direction);
  return { code: movedElsewhere, message: `It cannot be closed: ${cause}. ${next}` };
}
