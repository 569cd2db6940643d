import type { Refusal } from '../refusals.js';
import { classifyOffer } from '../subscription/offers.js';
import type { OfferClassification } from '../subscription/offers.js';
import { explainAnswer, nextStepOf, sourceOfRule } from './explanation.js';
import type { Reason } from './explanation.js';
import { policyAnswer } from './policy-answer.js';
import type { Party, PolicyAnswer } from './policy-answer.js';
import type { PackId } from './policy-pack.js';
import { brokenRules, conflictRules, policyRules } from './rules.js';
import type { AskingFacts, BrokenRule, EligibilityFacts } from './rules.js';

export type EligibilityInput = EligibilityFacts;

export type Outcome =
  | 'open'
  | 'already-exempt'
  | 'requestable'
  | 'partner-only'
  | 'self-service'
  | 'not-yet'
  | 'never'
  | 'unknown';

/** The answer to "could this subscription be exempted, and who would have to ask?", with everything it rests on. */
export interface Eligibility {
  readonly outcome: Outcome;
  readonly pack: PackId;
  /** Who would have to ask; null when nobody needs to, nobody may, or only a human can say. */
  readonly requester: Party | null;
  readonly classification: OfferClassification;
  readonly reasons: readonly Reason[];
  /** Every policy refusal (422). Empty: policy accepts the request. */
  readonly refusals: readonly Refusal[];
  /** Every conflict: 409 alone, 422 together with refusals. */
  readonly conflicts: readonly Refusal[];
  readonly nextSteps: readonly string[];
  /** Policy leaves port 25 open; an exemption's effect is not considered here. */
  readonly port25Open: boolean;
  /** The pack grants by its own rule once the checks are clear (I5: with a clear verdict, as actor `policy`). */
  readonly grantsByRule: boolean;
}

/** Judges the facts under the pack. Pure and total: what nobody can know is the outcome `unknown`, never a guess. */
export function explainEligibility(input: EligibilityInput): Eligibility {
  const classification = classifyOffer(input.offer);
  const answer = policyAnswer(input.pack, classification, input.createdAt);
  const facts: AskingFacts = { ...input, answer };
  const broken = brokenRules(policyRules, facts);
  const inTheWay = brokenRules(conflictRules, facts);
  const outcome = outcomeOf(facts, broken);
  const refusals = broken.map(({ refusal }) => refusal);
  return {
    outcome,
    pack: input.pack.id,
    requester: answer.kind === 'askable' ? answer.asker : null,
    classification,
    reasons: [
      explainAnswer(facts, classification),
      ...[...broken, ...inTheWay].filter(({ rule }) => !saidByTheAnswer.has(rule)).map(reasonOf(facts)),
    ],
    refusals,
    conflicts: inTheWay.map(({ refusal }) => refusal),
    nextSteps: nextSteps(facts, [...broken, ...inTheWay]),
    port25Open: answer.kind === 'open',
    grantsByRule: outcome === 'self-service' && refusals.length === 0 && selfServiceGatesPass(facts),
  };
}

/** The first reason already says what these rules refuse with. */
const saidByTheAnswer: ReadonlySet<string> = new Set(['offerNeedsAnExemption', 'offerMayEverBeExempted']);

/** Refusals that pass with time or money: the outcome is `not-yet`, not a no. */
const passingCodes: ReadonlySet<string> = new Set([
  'subscription-not-enabled',
  'cooling-down',
  'payment-history-too-low',
]);

function outcomeOf(facts: AskingFacts, broken: readonly BrokenRule[]): Outcome {
  if (facts.answer.kind === 'open') return 'open';
  // A grant outlives the pack it was made under, so it is told even where the pack in force says never.
  if (facts.live.exemption) return 'already-exempt';
  if (facts.answer.kind === 'never') return 'never';
  if (facts.live.formerExemption) return 'not-yet';
  if (broken.some(({ refusal }) => passingCodes.has(refusal.code))) return 'not-yet';
  return outcomeOfAnswer(facts.answer);
}

function outcomeOfAnswer(answer: PolicyAnswer): Outcome {
  if (answer.kind !== 'askable') return answer.kind;
  if (answer.selfService) return 'self-service';
  return answer.asker === 'partner' ? 'partner-only' : 'requestable';
}

/** "Account in good standing" with "payment history", on facts that were given: what nobody said passes no gate. */
function selfServiceGatesPass({ pack, state, billing }: AskingFacts): boolean {
  if (pack.selfService === null) return false;
  const inGoodStanding = state === 'Enabled' && billing !== null && !billing.pastDue;
  const hasPaid = billing !== null && billing.paidInvoicesUsd >= (pack.paymentGateUsd ?? 0);
  return (inGoodStanding || !pack.selfService.goodStanding) && (hasPaid || !pack.selfService.paymentHistory);
}

function reasonOf(facts: AskingFacts): (broken: BrokenRule) => Reason {
  return ({ rule, refusal }) => ({
    code: refusal.code,
    message: refusal.message,
    rule,
    source: sourceOfRule(rule, facts.pack),
  });
}

function nextSteps(facts: AskingFacts, broken: readonly BrokenRule[]): readonly string[] {
  const steps = broken.map(({ refusal }) => refusal.nextStep);
  return steps.length === 0 ? nextStepOf(facts) : [...new Set(steps)];
}
