import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../domain/request/request.js';

/** Whether the side that filed a request may act for its customer now. A customer always may, for itself. */
export async function isStillRelated(
  tx: Transaction,
  { filedBy, tenantId }: Pick<ExemptionRequest, 'filedBy' | 'tenantId'>,
  now: Instant,
): Promise<boolean> {
  if (filedBy.kind !== 'partner' || filedBy.tenantId === null) return true;
  return tx.relationships.isActive(filedBy.tenantId, tenantId, now);
}
