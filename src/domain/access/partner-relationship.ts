import { compareInstants, isBefore, type Instant } from '../instants.js';
import type { PartnerRelationship } from '../ports/registry-stores.js';

/** Whether a partner may act for its customer at a moment: the status says so, and the moment lies inside its dates. */
export function relationshipIsActive(
  relationship: Pick<PartnerRelationship, 'status' | 'validFrom' | 'validTo'> | null,
  now: Instant,
): boolean {
  if (relationship === null || relationship.status !== 'active') return false;
  if (compareInstants(relationship.validFrom, now) > 0) return false;
  return relationship.validTo === null || isBefore(now, relationship.validTo);
}
