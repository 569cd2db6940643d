import { directionOf, type Exemption } from '../exemption/exemption.js';
import type { Instant } from '../instants.js';
import type { PowerOperation } from './power-operation.js';
import { windowIsOpen } from './restart-plan.js';
import type { Blocker, Restart } from './restart.js';

/** The code of a plan that stopped by itself because a machine did not come back. */
export const planStopped = 'plan-stopped';

/**
 * Whether a stop is wanted that was admitted a while ago: it may have waited for the cloud's budget, for hours where
 * thousands wait. A suspension, the end of the window, a change of mode, or that the plan has stopped by itself since then
 * stops what the cloud was not told of.
 */
export function isStillWanted(
  { direction, fence }: Pick<Restart, 'direction' | 'fence'>,
  exemption: Exemption,
  { now, holding }: { readonly now: Instant; readonly holding: Blocker | null },
): boolean {
  if (directionOf(exemption) !== direction || exemption.fence !== fence) return false;
  const { restartPlan } = exemption;
  if (direction === 'revoke') return true;
  return restartPlan.mode === 'managed' && windowIsOpen(restartPlan, now) && holding?.code !== planStopped;
}

/**
 * Whether the cloud never took a stop of this restart: its first order was refused, or still waits to be given. A lost
 * answer may have been a yes, and a later attempt may follow one that stopped the machine half (I18).
 */
export function wasNeverTaken(operation: PowerOperation | null): boolean {
  if (operation === null) return true;
  return operation.attempt === 1 && operation.sentAt === null && operation.correlationId === null;
}
