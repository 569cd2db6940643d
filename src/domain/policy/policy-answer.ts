import type { Instant } from '../instants.js';
import { isBefore } from '../instants.js';
import type { OfferClassification, OfferKey } from '../subscription/offers.js';
import type { PolicyPack } from './policy-pack.js';

export type Party = 'customer' | 'partner';

/** What a pack says of a subscription by its offer and its age alone, before anything else is looked at. */
export type PolicyAnswer =
  | { readonly kind: 'open'; readonly because: 'offer' | 'created-before-cut-off' }
  | { readonly kind: 'askable'; readonly asker: Party; readonly selfService: boolean }
  | { readonly kind: 'never' }
  | { readonly kind: 'unknown'; readonly because: 'offer-not-known' | 'offer-ambiguous' | 'text-is-silent' };

/** One answer for what is known of the offer: candidates that agree count as known (docs/policy.md, Knowing the offer). */
export function policyAnswer(
  pack: PolicyPack,
  classification: OfferClassification,
  createdAt: Instant,
): PolicyAnswer {
  if (classification.kind === 'unknown') return { kind: 'unknown', because: 'offer-not-known' };
  if (classification.kind === 'known') return answerFor(pack, classification.offer, createdAt);
  const [first, ...others] = classification.candidates.map((offer) => answerFor(pack, offer, createdAt));
  if (first === undefined || classification.orUnlisted || first.kind === 'unknown') return ambiguous;
  return others.every((other) => sameAnswer(first, other)) ? first : ambiguous;
}

const ambiguous: PolicyAnswer = { kind: 'unknown', because: 'offer-ambiguous' };

/** True when two answers lead to the same outcome and the same asker, whatever the reason behind them. */
export function sameAnswer(first: PolicyAnswer, second: PolicyAnswer): boolean {
  if (first.kind !== 'askable' || second.kind !== 'askable') return first.kind === second.kind;
  return first.asker === second.asker && first.selfService === second.selfService;
}

function answerFor(pack: PolicyPack, offer: OfferKey, createdAt: Instant): PolicyAnswer {
  const rule = pack.table[offer];
  if (rule === 'unknown') return { kind: 'unknown', because: 'text-is-silent' };
  if (rule.blocked === 'open') return { kind: 'open', because: 'offer' };
  if (rule.blocked === 'grandfathered' && pack.cutOff !== null && isBefore(createdAt, pack.cutOff)) {
    return { kind: 'open', because: 'created-before-cut-off' };
  }
  switch (rule.ask) {
    case 'customer':
    case 'partner':
      return { kind: 'askable', asker: rule.ask, selfService: false };
    case 'self-service':
      // Only a partner may speak for a CSP subscription, self-service or not.
      return { kind: 'askable', asker: offer === 'csp' ? 'partner' : 'customer', selfService: true };
    case 'never':
    case 'nobody':
      return { kind: 'never' };
  }
}
