import type { RestartPlan } from '../domain/enforcement/restart-plan.js';
import type { RestartState } from '../domain/enforcement/restart.js';
import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { type ExemptionRequest, liveRequestStates } from '../domain/request/request.js';

/** A machine in one of these states has been stopped, or is about to be: what a preview said of it is past. */
const begun: readonly RestartState[] = ['deallocating', 'starting', 'restarted', 'failed'];

/**
 * The plan that a request's machines would be restarted by: the one it was filed with, or after the grant the exemption's
 * own. Null where there is nothing ahead: the request came to nothing, the first machine has begun, or all is proven.
 */
export async function planAhead(
  tx: Transaction,
  request: ExemptionRequest,
  now: Instant,
): Promise<RestartPlan | null> {
  if (liveRequestStates.includes(request.state)) return request.restartPlan;
  if (request.exemptionId === null) return null;
  const exemption = await tx.exemptions.find({ kind: 'platform' }, request.exemptionId, now);
  if (exemption?.state !== 'enabling') return null;
  const counts = await tx.restarts.countByState(exemption.id, exemption.fence);
  return begun.some((state) => (counts[state] ?? 0) > 0) ? null : exemption.restartPlan;
}
