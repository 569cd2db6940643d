import { classifyOffer } from '../subscription/offers.js';
import type { SubscriptionFacts } from '../subscription/subscription.js';
import { policyAnswer } from './policy-answer.js';
import type { Party, PolicyAnswer } from './policy-answer.js';
import type { PolicyPack } from './policy-pack.js';

/** The registered facts by which policy judges a live exemption; state and billing never suspend by themselves. */
export type PolicyFacts = Pick<SubscriptionFacts, 'offer' | 'createdAt' | 'partnerTenantId'>;

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
      return anotherPartyAsks(before, after, answerBefore, answer.asker, askedBy)
        ? { suspend: 'offer-changed' }
        : 'none';
  }
}

/** A subscription that moved to another tenant is suspended until an Approver reinstates it, whatever its offer. */
export function movedToAnotherTenant(
  before: Pick<SubscriptionFacts, 'tenantId'>,
  after: Pick<SubscriptionFacts, 'tenantId'>,
): boolean {
  return before.tenantId.toLowerCase() !== after.tenantId.toLowerCase();
}

function answerTo(facts: PolicyFacts, pack: PolicyPack): PolicyAnswer {
  return policyAnswer(pack, classifyOffer(facts.offer), facts.createdAt);
}

/** Another kind of party, or another partner; a partner that is not registered now is not known to be another. */
function anotherPartyAsks(
  before: PolicyFacts,
  after: PolicyFacts,
  answerBefore: PolicyAnswer,
  asker: Party,
  askedBy: Party | null,
): boolean {
  const askerBefore = answerBefore.kind === 'askable' ? answerBefore.asker : askedBy;
  if (askerBefore !== null && askerBefore !== asker) return true;
  if (asker !== 'partner' || before.partnerTenantId === null || after.partnerTenantId === null) return false;
  return before.partnerTenantId.toLowerCase() !== after.partnerTenantId.toLowerCase();
}

function sameOffer(before: PolicyFacts, after: PolicyFacts): boolean {
  const spelled = ({ offer }: PolicyFacts): string =>
    [offer.quotaId, offer.offerId, offer.agreementType, offer.accountType]
      .map((fact) => fact ?? '')
      .join('|');
  return spelled(before).toLowerCase() === spelled(after).toLowerCase();
}
