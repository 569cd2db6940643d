import type { Caller } from '../../domain/access/actor.js';
import { scopeOf } from '../../domain/access/scope.js';
import { port25Of, type Port25Facts } from '../../domain/derived/port25.js';
import { isBefore, type Instant } from '../../domain/instants.js';
import type { PolicyPack } from '../../domain/policy/policy-pack.js';
import { policyAnswer } from '../../domain/policy/policy-answer.js';
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
  const request = await tx.requests.findLive(subscriptionId);
  const exemption = await tx.exemptions.findLive(subscriptionId);
  const seenRequest = request === null ? null : await tx.requests.find(scope, request.id, now);
  const seenExemption = exemption === null ? null : await tx.exemptions.find(scope, exemption.id, now);
  return {
    ...facts,
    partnerTenantId: partnerShownTo(caller, facts),
    port25: port25Of({
      policy: policyOf(facts, pack),
      live: exemption?.state ?? null,
      revokedSinceLastGrant: exemption === null && (await wasRevokedLast(tx, subscriptionId)),
    }),
    links: {
      self: linkTo.subscription(subscriptionId),
      liveRequest: seenRequest === null ? null : linkTo.request(seenRequest.id),
      exemption: seenExemption === null ? null : linkTo.exemption(seenExemption.id),
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
async function wasRevokedLast(tx: Transaction, subscriptionId: string): Promise<boolean> {
  const revoked = await tx.exemptions.lastRevoked(subscriptionId);
  if (revoked === null) return false;
  const [expired] = await tx.exemptions.list(
    { states: ['expired'], subscriptionId },
    { after: null, limit: 1 },
  );
  return expired === undefined || isBefore(expired.grantedAt, revoked.grantedAt);
}
