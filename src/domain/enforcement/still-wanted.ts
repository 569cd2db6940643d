import { directionOf, type Exemption } from '../exemption/exemption.js';
import type { Instant } from '../instants.js';
import type { PowerOperation } from './power-operation.js';
import { windowIsOpen } from './restart-plan.js';
import type { Restart } from './restart.js';

/**
 * Whether a stop is wanted that was admitted a while ago: it may have waited for the cloud's budget, for hours where
 * thousands wait. A suspension, the end of the window or a change of mode since then stops what the cloud was not told of.
 */
export function isStillWanted(
  { direction, fence }: Pick<Restart, 'direction' | 'fence'>,
  exemption: Exemption,
  now: Instant,
): boolean {
  if (directionOf(exemption) !== direction || exemption.fence !== fence) return false;
  const { restartPlan } = exemption;
  return direction === 'revoke' || (restartPlan.mode === 'managed' && windowIsOpen(restartPlan, now));
}

/** Whether the cloud never took this order: it was refused, or still waits to be given. A lost answer may have been a yes. */
export function wasNeverTaken(operation: PowerOperation | null): boolean {
  return operation === null || operation.sentAt === null;
}
