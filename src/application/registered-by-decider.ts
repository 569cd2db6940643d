import { type Caller, actorRef } from '../domain/access/actor.js';
import type { RegisteredSubject } from '../domain/ports/registration-store.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../domain/request/request.js';

/**
 * On which facts that a decision about a request rests the decider has a hand: the subscription's, its tenant's kind, and
 * where a partner filed, the partner's kind and its relationship to the customer.
 */
export function registeredByDecider(
  tx: Transaction,
  { subscriptionId, tenantId, filedBy, submittedAt }: ExemptionRequest,
  decider: Caller,
): Promise<readonly string[]> {
  const partner = filedBy.tenantId === tenantId ? null : filedBy.tenantId;
  const subjects: readonly RegisteredSubject[] = [
    { type: 'subscription', id: subscriptionId },
    { type: 'tenant', id: tenantId },
    ...(partner === null
      ? []
      : [
          { type: 'tenant' as const, id: partner },
          { type: 'relationship' as const, id: `${partner}/${tenantId}` },
        ]),
  ];
  return tx.registrations.touchedBy(actorRef(decider), subjects, submittedAt);
}
