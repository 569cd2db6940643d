import { addMilliseconds, compareInstants, type Instant, millisecondsBetween } from '../instants.js';
import type { MachineAnswer } from '../ports/compute-control-plane.js';
import type { Evidence } from './machine.js';
import type { PowerOperation } from './power-operation.js';
import type { StoppedLate } from './restart-events.js';
import { isInFlight, type Restart } from './restart.js';

/**
 * A worker that was frozen right before its call, and thawed when another one had long gone on, stops a machine that
 * nobody is about to start. Its writes are refused; this says what is to be done about its call (I8, I18, fault F4).
 */
export interface LateStop {
  readonly restart: Restart;
  /** When the cloud had taken it at the earliest, on our clock: after every start of ours that is known to come before. */
  readonly takenAt: Instant;
  /** All restarts of this machine, of whatever order. */
  readonly ofMachine: readonly Restart[];
  /** The last start of ours on this machine, under whichever restart. */
  readonly ourStart: PowerOperation | null;
  /** The last thing that anybody else did to it, as far as the log has told. */
  readonly lastOfOthers: Evidence | null;
}

export type LateStopAnswer = 'nothing' | 'wait' | 'look';

/** What is known without asking the cloud: whether the stop was undone since, by us, or is its owner's business now. */
export function beforeLook(late: LateStop, clockMarginMs: number): LateStopAnswer {
  const { restart, takenAt, ourStart, lastOfOthers } = late;
  if (ourStart !== null && compareInstants(ourStart.intendedAt, takenAt) > 0) return 'nothing';
  if (late.ofMachine.some(isInFlight)) return 'wait';
  // Found off: it was to rest without a host, however late the stop came.
  if (restart.state === 'resting' || restart.state === 'gone') return 'nothing';
  // Whether before the late stop or after it: since our last start the last word is its owner's.
  const since = addMilliseconds(ourStart?.intendedAt ?? takenAt, clockMarginMs);
  const isOwners = lastOfOthers?.fact === 'host-released' && millisecondsBetween(since, lastOfOthers.at) > 0;
  return isOwners ? 'nothing' : 'look';
}

/** What the machine itself shows then. An order that was taken is seen after `orderSeenMs`, or it came to nothing. */
export function afterLook(
  { restart, takenAt }: LateStop,
  answer: MachineAnswer,
  { now, orderSeenMs }: { readonly now: Instant; readonly orderSeenMs: number },
): 'nothing' | 'wait' | 'start' {
  if (answer.kind === 'unknown') return 'wait';
  if (answer.kind === 'not-found' || answer.machine.vmId !== restart.vmId) return 'nothing';
  switch (answer.powerState) {
    case 'deallocated':
    case 'hibernated':
      return 'start';
    case 'deallocating':
    case 'unknown':
      return 'wait';
    default:
      return millisecondsBetween(takenAt, now) < orderSeenMs ? 'wait' : 'nothing';
  }
}

/** The restart that starts it again: another round of the one whose stop came late, born with the start ordered. */
export function startOf({ restart, ofMachine }: LateStop, resourceId: string): StoppedLate {
  const { exemptionId, requestId, subscriptionId, tenantId, vmId, direction, fence, name } = restart;
  const rounds = ofMachine.filter((one) => one.direction === direction && one.fence === fence);
  const round = Math.max(restart.round, ...rounds.map((one) => one.round)) + 1;
  const same = { exemptionId, requestId, subscriptionId, tenantId, vmId, direction, fence, name };
  return { type: 'stoppedLate', ...same, resourceId, round, found: 'running' };
}
