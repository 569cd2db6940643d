import { exemptionLifecycle } from '../domain/exemption/exemption.lifecycle.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import { type Instant, addDays } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import { type EventContext, applyEvent } from './apply-event.js';
import { pinnedPack } from './judge-eligibility.js';
import { nextOrder, orderOpening } from './order-gate.js';

/**
 * Grants what was approved: the exemption and the order to open its gate, in the transaction of the approval. The
 * context's actor is who approved: a person, or a pack's own rule.
 */
export async function grantExemption(
  tx: Transaction,
  request: ExemptionRequest,
  context: EventContext,
): Promise<Exemption> {
  const { exemptionId, decision, subscriptionId, tenantId, pack, restartPlan } = request;
  if (exemptionId === null || decision === null)
    throw new Error('only an approved request grants an exemption');
  const order = await nextOrder(tx, subscriptionId);
  const granted = {
    type: 'granted',
    subscriptionId,
    tenantId,
    requestId: request.id,
    pack,
    expiresOn: decision.expiresOn ?? reviewDateOf(pack, context.now),
    conditionsTextId: decision.conditionsTextId,
    ...(decision.firstConditionsTextId === undefined
      ? {}
      : { firstConditionsTextId: decision.firstConditionsTextId }),
    restartPlan,
    fence: order.fence,
  } as const;
  const exemption = await applyEvent(tx, exemptionLifecycle, null, exemptionId, granted, context);
  await orderOpening(tx, order, exemption, tenantId, context);
  return exemption;
}

/** None by default (docs/policy.md, Decisions the texts leave open, "expiry"). */
function reviewDateOf(packId: string, now: Instant): Instant | null {
  const days = pinnedPack(packId).thresholds.reviewAfterDays;
  return days === null ? null : addDays(now, days);
}
