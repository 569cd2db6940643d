import type { Caller } from '../../domain/access/actor.js';
import { scopeOf } from '../../domain/access/scope.js';
import { port25Of, type Port25Facts } from '../../domain/derived/port25.js';
import { isBefore, type Instant } from '../../domain/instants.js';
import type { PolicyPack } from '../../domain/policy/policy-pack.js';
import { policyAnswer } from '../../domain/policy/policy-answer.js';
import type { SubscriptionStanding } from '../../domain/ports/registry-stores.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';
import { classifyOffer } from '../../domain/subscription/offers.js';
import type { SubscriptionFacts } from '../../domain/subscription/subscription.js';
import { linkTo } from './links.js';
import type { SubscriptionView } from './subscription-view.js';

/** Shows a subscription under the pack in force. What it links to is in the caller's scope, or is not named. */
export async function viewSubscription(
  tx: Transaction,
  facts: SubscriptionFacts,
  caller: Caller,
  pack: PolicyPack,
  now: Instant,
): Promise<SubscriptionView> {
  const { subscriptionId } = facts;
  const scope = scopeOf(caller);
  const standing = await tx.subscriptions.standingUnscoped(subscriptionId);
  const { liveRequestId, liveExemption, formerExemptionId } = standing;
  // A former tenant's right is in the platform's sight alone.
  const exemptionId = liveExemption?.id ?? formerExemptionId;
  const request = liveRequestId === null ? null : await tx.requests.find(scope, liveRequestId, now);
  const exemption = exemptionId === null ? null : await tx.exemptions.find(scope, exemptionId, now);
  return {
    ...facts,
    partnerTenantId: partnerShownTo(caller, facts),
    port25: port25Of({
      policy: policyOf(facts, pack),
      live: liveExemption?.state ?? null,
      revokedSinceLastGrant: liveExemption === null && wasRevokedLast(standing),
    }),
    links: {
      self: linkTo.subscription(subscriptionId),
      liveRequest: request === null ? null : linkTo.request(request.id),
      exemption: exemption === null ? null : linkTo.exemption(exemption.id),
    },
  };
}

function policyOf(facts: SubscriptionFacts, pack: PolicyPack): Port25Facts['policy'] {
  const { kind } = policyAnswer(pack, classifyOffer(facts.offer), facts.createdAt);
  return kind === 'open' || kind === 'unknown' ? kind : 'blocked';
}

/** A partner does not learn who else sells to its customer. */
function partnerShownTo(caller: Caller, { partnerTenantId }: SubscriptionFacts): string | null {
  return caller.tenantKind === 'partner' && partnerTenantId !== caller.tenantId ? null : partnerTenantId;
}

/** Revoked until a new grant: one that was granted later and has expired since counts as that. */
function wasRevokedLast({ lastRevocation, lastExpiredGrantedAt }: SubscriptionStanding): boolean {
  if (lastRevocation === null) return false;
  return lastExpiredGrantedAt === null || isBefore(lastExpiredGrantedAt, lastRevocation.grantedAt);
}
