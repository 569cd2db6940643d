import type { Exemption } from '../exemption/exemption.js';
import type { Instant } from '../instants.js';
import { isOvertaken } from './overtaken.js';
import { cameToNothing, operationWithoutEnd, type PowerOperation } from './power-operation.js';
import { windowIsOpen } from './restart-plan.js';
import type { Restart } from './restart.js';

/** Whether a plan that enables stands still for this machine of it: it was given up, or Postern stopped it and cannot start it. */
export function stopsItsPlan({ state, stoppedByUs, blocker }: Restart): boolean {
  return state === 'failed' || (stoppedByUs && state !== 'deallocating' && blocker !== null);
}

/**
 * Whether a stop is wanted that was admitted a while ago: it may have waited for the cloud's budget, for hours where
 * thousands wait. A suspension, the end of the window, a change of mode, or that the plan has stopped by itself since then
 * stops what the cloud was not told of.
 */
export function isStillWanted(
  restart: Pick<Restart, 'direction' | 'fence'>,
  exemption: Exemption,
  {
    now,
    inTrouble,
  }: {
    readonly now: Instant;
    /** The restarts of its plan that something stands in the way of, or more. */
    readonly inTrouble: readonly Restart[];
  },
): boolean {
  if (isOvertaken(restart, exemption)) return false;
  const { restartPlan } = exemption;
  if (restart.direction === 'revoke') return true;
  return restartPlan.mode === 'managed' && windowIsOpen(restartPlan, now) && !inTrouble.some(stopsItsPlan);
}

/**
 * Whether the cloud never took a stop of this restart, by all stops that were ordered for it: each was refused, held back,
 * still waits to be given, or its machine was seen running after it. One that was taken once may have stopped the machine half, whatever came after it (I18).
 */
export function wasNeverTaken(stops: readonly PowerOperation[]): boolean {
  return stops.every(
    ({ sentAt, correlationId, errorCode }) =>
      errorCode === cameToNothing ||
      (sentAt === null && correlationId === null && errorCode !== operationWithoutEnd),
  );
}

/**
 * Whether a stop of this restart that the cloud took may have taken the machine's host. Not where the cloud said of each that
 * it failed: then whatever took the host meanwhile, an eviction or its owner, it was not ours.
 */
export function mayHaveStopped(stops: readonly PowerOperation[]): boolean {
  return stops.some((stop) => !wasNeverTaken([stop]) && stop.state !== 'failed');
}
