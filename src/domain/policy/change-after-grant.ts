import type { ActorRef } from '../access/actor.js';
import type { ReasonCode } from '../reason-codes.js';
import { classifyOffer } from '../subscription/offers.js';
import type { SubscriptionFacts } from '../subscription/subscription.js';
import { policyAnswer } from './policy-answer.js';
import type { Party, PolicyAnswer } from './policy-answer.js';
import type { PolicyPack } from './policy-pack.js';

/** The registered facts by which policy judges a live exemption; state and billing never suspend by themselves. */
export type PolicyFacts = Pick<SubscriptionFacts, 'offer' | 'createdAt'>;

export type ChangeAfterGrant =
  'none' | { readonly suspend: 'offer-changed' } | { readonly humanTask: 'offer-ambiguous' };

/**
 * What a change of facts does to a live exemption under the pack of its grant: suspended where policy now says never,
 * or another party would have to ask; a task for a human where nobody can say. `askedBy` is who filed the request: it
 * counts where the facts before do not say who would have to ask. Changing back reinstates nothing.
 */
export function policyChangeAfterGrant(
  before: PolicyFacts,
  after: PolicyFacts,
  pack: PolicyPack,
  askedBy: Party | null = null,
): ChangeAfterGrant {
  const answerBefore = answerTo(before, pack);
  const answer = answerTo(after, pack);
  switch (answer.kind) {
    case 'open':
      return 'none';
    case 'never':
      return answerBefore.kind === 'never' ? 'none' : { suspend: 'offer-changed' };
    case 'unknown':
      return answerBefore.kind === 'unknown' && sameOffer(before, after)
        ? 'none'
        : { humanTask: 'offer-ambiguous' };
    case 'askable':
      return anotherPartyAsks(answerBefore, answer.asker, askedBy) ? { suspend: 'offer-changed' } : 'none';
  }
}

/** A subscription that moved to another tenant: whatever its offer, what was the former tenant's is nobody else's. */
export function movedToAnotherTenant(
  before: Pick<SubscriptionFacts, 'tenantId'>,
  after: Pick<SubscriptionFacts, 'tenantId'>,
): boolean {
  return before.tenantId.toLowerCase() !== after.tenantId.toLowerCase();
}

/**
 * The partner that filed does not sell the subscription any more, since this change: another one does. One that is not
 * registered now is not known to be another.
 */
export function resellerChanged(
  before: Pick<SubscriptionFacts, 'partnerTenantId'>,
  after: Pick<SubscriptionFacts, 'partnerTenantId'>,
  filedBy: ActorRef,
): boolean {
  const [was, is] = [before.partnerTenantId?.toLowerCase(), after.partnerTenantId?.toLowerCase()];
  if (filedBy.kind !== 'partner' || is === undefined || is === was) return false;
  return filedBy.tenantId?.toLowerCase() !== is;
}

/** What stands in the way of a right that is suspended: such facts do not suspend by themselves, and are shown. */
export function troubleOfFacts({
  state,
  billing,
}: Pick<SubscriptionFacts, 'state' | 'billing'>): readonly ReasonCode[] {
  const isOff = state === 'Disabled' || state === 'Deleted';
  const isPastDue = state === 'PastDue' || billing.pastDue;
  return [
    ...(isOff ? ['subscription-not-enabled' as const] : []),
    ...(isPastDue ? ['past-due' as const] : []),
  ];
}

function answerTo(facts: PolicyFacts, pack: PolicyPack): PolicyAnswer {
  return policyAnswer(pack, classifyOffer(facts.offer), facts.createdAt);
}

/** Another kind of party; another partner is `resellerChanged`. */
function anotherPartyAsks(answerBefore: PolicyAnswer, asker: Party, askedBy: Party | null): boolean {
  const askerBefore = answerBefore.kind === 'askable' ? answerBefore.asker : askedBy;
  return askerBefore !== null && askerBefore !== asker;
}

function sameOffer(before: PolicyFacts, after: PolicyFacts): boolean {
  const spelled = ({ offer }: PolicyFacts): string =>
    [offer.quotaId, offer.offerId, offer.agreementType, offer.accountType]
      .map((fact) => fact ?? '')
      .join('|');
  return spelled(before).toLowerCase() === spelled(after).toLowerCase();
}
