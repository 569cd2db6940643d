import { presentReason } from '../reason-codes.js';
import { offerNames } from '../subscription/offers.js';
import type { OfferClassification } from '../subscription/offers.js';
import type { PolicyPack } from './policy-pack.js';
import type { AskingFacts } from './rules.js';

/** Why the answer is what it is: a stable code, a sentence, the rule that spoke, and the text or decision behind it. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly rule: string;
  readonly source: string;
}

/** Rules that the published text itself states; the others are decisions of ours (docs/policy.md). */
const rulesOfTheText: ReadonlySet<string> = new Set([
  'partnerAsksForItsCustomer',
  'customerAsksForItself',
  'relayIsRuledOut',
  'paymentHistoryMeetsTheGate',
]);

/** Where a rule comes from, for the reader of an answer. */
export function sourceOfRule(rule: string, pack: PolicyPack): string {
  return rulesOfTheText.has(rule) ? pack.source : 'docs/policy.md, Decisions the texts leave open';
}

/** The first reason of every answer: what the pack says by offer and date of creation. */
export function explainAnswer(facts: AskingFacts, classification: OfferClassification): Reason {
  const { answer, pack } = facts;
  const source = pack.source;
  const offer = describeOffer(classification);
  switch (answer.kind) {
    case 'open':
      return answer.because === 'offer'
        ? { code: 'offer-open', message: `${offer} is not blocked.`, rule: 'offerIsOpen', source }
        : {
            code: 'offer-open',
            message: `Created before ${pack.cutOff ?? 'the cut-off'}: the block applies to new subscriptions only.`,
            rule: 'createdBeforeTheCutOff',
            source,
          };
    case 'never':
      return {
        code: 'offer-never-eligible',
        message: `${offer}: ${textFor(facts, 'offer-never-eligible')}`,
        rule: 'offerMayEverBeExempted',
        source,
      };
    case 'unknown':
      return {
        code: 'offer-ambiguous',
        message: `${offer}: ${textFor(facts, 'offer-ambiguous')}`,
        rule: 'offerIsKnown',
        source: answer.because === 'text-is-silent' ? source : 'docs/policy.md, Knowing the offer',
      };
    case 'askable':
      return explainAskable(offer, answer.asker === 'partner', answer.selfService, source);
  }
}

function explainAskable(offer: string, partnerAsks: boolean, selfService: boolean, source: string): Reason {
  const who = partnerAsks ? 'the partner on behalf of the customer' : 'the customer';
  if (selfService) {
    const message = `${offer} is blocked; an account in good standing is exempted by rule when ${who} asks.`;
    return { code: 'self-service-check', message, rule: 'offerIsSelfService', source };
  }
  const message = `${offer} is blocked; an exemption is possible when ${who} asks.`;
  return partnerAsks
    ? { code: 'partner-asks', message, rule: 'offerIsAskedForByThePartner', source }
    : { code: 'exemption-on-request', message, rule: 'offerIsAskedForByTheCustomer', source };
}

/** What to do when nothing stands in the way. */
export function nextStepOf({ answer, pack, billing, requester }: AskingFacts): readonly string[] {
  if (answer.kind === 'unknown')
    return [presentReason('offer-ambiguous', requester?.kind ?? 'customer').nextStep];
  if (answer.kind !== 'askable') return [];
  const partnerFiles = 'The partner who sells the subscription files the request on behalf of its customer.';
  const steps = [
    answer.asker === 'partner' ? partnerFiles : 'File an exemption request for this subscription.',
  ];
  if (pack.paymentGateUsd !== null && billing === null) {
    steps.push(
      `Paid invoices of at least USD ${pack.paymentGateUsd} are needed; none were given to judge by.`,
    );
  }
  return [...steps, 'After the grant, stop (deallocate) and start every virtual machine.'];
}

function textFor(facts: AskingFacts, code: 'offer-never-eligible' | 'offer-ambiguous'): string {
  return presentReason(code, facts.requester?.kind ?? 'customer').message;
}

/** The offer in words: its name, the names it may have, or that nobody knows. */
export function describeOffer(classification: OfferClassification): string {
  if (classification.kind === 'known') return offerNames[classification.offer];
  if (classification.kind === 'unknown') return 'Unknown offer';
  const names = classification.candidates.map((offer) => offerNames[offer]);
  return [...names, ...(classification.orUnlisted ? ['an agreement no text names'] : [])].join(' or ');
}
