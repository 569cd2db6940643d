import { isBefore } from '../instants.js';
import type { Instant } from '../instants.js';
import { presentReason } from '../reason-codes.js';
import type { ReasonCode, ReasonSetting } from '../reason-codes.js';
import type { Refusal } from '../refusals.js';
import type { BillingFacts, OfferFacts, SubscriptionState } from '../subscription/subscription.js';
import type { Party, PolicyAnswer } from './policy-answer.js';
import type { PolicyPack } from './policy-pack.js';

/** Who asks. `relatedToCustomer`: a partner's relationship is active; for a customer it is true in its own tenant. */
export interface Asker {
  readonly kind: Party;
  readonly tenantId: string;
  readonly relatedToCustomer: boolean;
}

/** What eligibility is judged on: registered facts, never what the cloud says at the moment. Null is "not said". */
export interface EligibilityFacts {
  readonly pack: PolicyPack;
  readonly offer: OfferFacts;
  readonly createdAt: Instant;
  readonly state: SubscriptionState | null;
  readonly partnerTenantId: string | null;
  readonly billing: BillingFacts | null;
  readonly asOf: Instant;
  readonly requester: Asker | null;
  readonly relayCannotBeUsed?: boolean | null;
  /** The first moment at which asking again makes sense (cooling-down.ts); null when nothing holds it back. */
  readonly coolingDownUntil: Instant | null;
  /** `formerExemption`: a right that a former partner asked for, and that has not ended yet. */
  readonly live: {
    readonly request: boolean;
    readonly exemption: boolean;
    readonly formerExemption: boolean;
  };
}

/** The facts with what the pack answers by offer and age. */
export interface AskingFacts extends EligibilityFacts {
  readonly answer: PolicyAnswer;
}

/** A rule: null when it holds, else why not. Its name is a sentence that is true when it passes. */
export type Rule = (facts: AskingFacts) => Refusal | null;

/** Holds unless policy leaves port 25 open: what is not blocked needs no exemption. */
function offerNeedsAnExemption(facts: AskingFacts): Refusal | null {
  return facts.answer.kind === 'open' ? refuse('offer-open', facts) : null;
}

/** Holds unless the pack says never for this offer. */
function offerMayEverBeExempted(facts: AskingFacts): Refusal | null {
  return facts.answer.kind === 'never' ? refuse('offer-never-eligible', facts) : null;
}

/** `Warned` and `PastDue` pass: they are findings for a reviewer, not refusals. */
function subscriptionIsEnabled(facts: AskingFacts): Refusal | null {
  if (facts.answer.kind === 'open') return null;
  const off = facts.state === 'Disabled' || facts.state === 'Deleted';
  return off ? refuse('subscription-not-enabled', facts) : null;
}

/** The date itself is free again: "until" is exclusive. */
function coolingDownIsOver(facts: AskingFacts): Refusal | null {
  if (facts.answer.kind === 'open' || facts.coolingDownUntil === null) return null;
  if (!isBefore(facts.asOf, facts.coolingDownUntil)) return null;
  const setting = { occasion: 'refusal', applyAgainOn: facts.coolingDownUntil } as const;
  return { ...refuse('cooling-down', facts, setting), applyAgainOn: facts.coolingDownUntil };
}

/** From P4 on; billing that was not given is not judged, and an ambiguous offer is not refused by a machine. */
function paymentHistoryMeetsTheGate(facts: AskingFacts): Refusal | null {
  if (facts.answer.kind !== 'askable' || facts.billing === null) return null;
  const gate = facts.pack.paymentGateUsd;
  if (gate === null || facts.billing.paidInvoicesUsd >= gate) return null;
  const { message, ...refusal } = refuse('payment-history-too-low', facts);
  return { ...refusal, message: `${message} At least USD ${gate} have to be paid.` };
}

/** A CSP subscription's customer does not ask for itself. */
function partnerAsksForItsCustomer(facts: AskingFacts): Refusal | null {
  if (facts.answer.kind !== 'askable' || facts.answer.asker !== 'partner') return null;
  return facts.requester?.kind === 'customer' ? refuse('partner-must-request', facts) : null;
}

/** Of several related partners only the one who sells the subscription may ask. */
function partnerIsTheReseller(facts: AskingFacts): Refusal | null {
  const { answer, requester, partnerTenantId } = facts;
  if (answer.kind !== 'askable' || answer.asker !== 'partner' || requester?.kind !== 'partner') return null;
  const sells = partnerTenantId?.toLowerCase() === requester.tenantId.toLowerCase();
  return sells && requester.relatedToCustomer ? null : refuse('not-the-reseller', facts);
}

/** What is not sold by a partner is asked for by the customer. */
function customerAsksForItself(facts: AskingFacts): Refusal | null {
  if (facts.answer.kind !== 'askable' || facts.answer.asker !== 'customer') return null;
  return facts.requester?.kind === 'partner' ? refuse('customer-must-request', facts) : null;
}

/** A refusal for CSP only, which alone a partner asks for; for the others it is a finding (relay-not-ruled-out). */
function relayIsRuledOut(facts: AskingFacts): Refusal | null {
  if (facts.answer.kind !== 'askable' || facts.answer.asker !== 'partner') return null;
  return facts.relayCannotBeUsed === false ? refuse('relay-sufficient', facts) : null;
}

/** One undecided request a subscription (I2). */
function noRequestIsLive(facts: AskingFacts): Refusal | null {
  return facts.live.request ? refuse('live-request-exists', facts) : null;
}

/** One live exemption a subscription (I2). */
function noExemptionIsLive(facts: AskingFacts): Refusal | null {
  return facts.live.exemption ? refuse('already-exempt', facts) : null;
}

/** Nor one that the partner before asked for: its gate and machines have to be closed before another right begins. */
function formerExemptionHasEnded(facts: AskingFacts): Refusal | null {
  return facts.live.formerExemption ? refuse('former-exemption-live', facts) : null;
}

/** Policy: what refuses with 422. Every rule is run, so that all reasons are told at once. */
export const policyRules = {
  offerNeedsAnExemption,
  offerMayEverBeExempted,
  partnerAsksForItsCustomer,
  partnerIsTheReseller,
  customerAsksForItself,
  relayIsRuledOut,
  subscriptionIsEnabled,
  coolingDownIsOver,
  paymentHistoryMeetsTheGate,
} as const satisfies Record<string, Rule>;

/** Conflicts: 409 when they stand alone, 422 together with policy's refusals. */
export const conflictRules = {
  noRequestIsLive,
  noExemptionIsLive,
  formerExemptionHasEnded,
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof policyRules | keyof typeof conflictRules;

export interface BrokenRule {
  readonly rule: string;
  readonly refusal: Refusal;
}

/** Every rule that does not hold, in the order of the list. */
export function brokenRules(
  rules: Readonly<Record<string, Rule>>,
  facts: AskingFacts,
): readonly BrokenRule[] {
  return Object.entries(rules).flatMap(([rule, holds]) => {
    const refusal = holds(facts);
    return refusal === null ? [] : [{ rule, refusal }];
  });
}

function refuse(code: ReasonCode, facts: AskingFacts, setting?: ReasonSetting): Refusal {
  const { message, nextStep } = presentReason(code, facts.requester?.kind ?? 'customer', setting);
  return { code, message, nextStep };
}
