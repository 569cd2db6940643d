import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import type { ControlProof } from '../domain/subscription/control-proof.js';

/** What the side that filed a request has shown of its control: what holds, else the last attempt, else null. */
export async function proofOfFiler(
  tx: Transaction,
  { subscriptionId, filedBy }: Pick<ExemptionRequest, 'subscriptionId' | 'filedBy'>,
  now: Instant,
): Promise<ControlProof | null> {
  return filedBy.tenantId === null ? null : tx.controlProofs.best(subscriptionId, filedBy.tenantId, now);
}
