import { addDays, type Instant } from '../instants.js';
import { type ReasonCode, codesUsableFor, isReasonCode, reasonText } from '../reason-codes.js';
import type { ReasonUse } from '../reason-text.js';
import type { Refusal } from '../refusals.js';
import type { SubscriptionFacts } from '../subscription/subscription.js';
import type { Eligibility } from './eligibility.js';
import type { PolicyPack } from './policy-pack.js';
import { type JudgedFinding, blindChecksBehind } from './verdict.js';

/** What is known of a request at the moment of its denial. */
export interface KnownOfRequest {
  readonly pack: PolicyPack;
  readonly facts: Pick<SubscriptionFacts, 'state' | 'billing' | 'createdAt'>;
  /** The request judged now, with its own pack. */
  readonly eligibility: Pick<Eligibility, 'refusals'>;
  /** The findings of the last round of checks. */
  readonly findings: readonly JudgedFinding[];
}

/** 422 for a code that nobody may use for this; null for one that is made for it. The same for every kind of decision. */
export function reasonIsNotFor(use: ReasonUse, code: string): Refusal | null {
  const usable: readonly string[] = codesUsableFor(use);
  if (usable.includes(code)) return null;
  const what = isReasonCode(code) ? 'cannot be given for' : 'is no reason code for';
  const article = use === 'denial' ? 'a denial' : use === 'suspension' ? 'a suspension' : 'a revocation';
  return {
    code: 'reason-not-usable',
    message: `"${code.slice(0, 64)}" ${what} ${article}.`,
    nextStep: `Use one of: ${usable.join(', ')}.`,
  };
}

/**
 * Why a denial may not carry a code that is made for denials: what is known says otherwise (a denial never says what is
 * known to be false). Null where the code is the reviewer's judgement, or where the findings or the rules, run now, say
 * the same. A check that could not look is another refusal (`check-could-not-look`), and contradicts nothing.
 */
export function contradictionOf(code: ReasonCode, known: KnownOfRequest): Refusal | null {
  if (isSaidByWhatIsKnown(code, known)) return null;
  if (blindChecksBehind(code, known.findings).length > 0) return null;
  const others = codesUsableFor('denial').filter((other) => isSaidByWhatIsKnown(other, known));
  return {
    code: 'reason-contradicted',
    message: `"${code}" is not true of this request: ${whatIsKnown(code, known)}.`,
    nextStep: `Deny with a reason that holds: ${others.join(', ')}.`,
  };
}

/** From when on the same tenant may file again after a denial; null where it need not wait (docs/policy.md). */
export function applyAgainAfterDenial(
  code: ReasonCode,
  { pack, facts }: Pick<KnownOfRequest, 'pack' | 'facts'>,
  now: Instant,
): Instant | null {
  if (code === 'account-too-new') return addDays(facts.createdAt, pack.thresholds.youngSubscriptionDays);
  if (reasonText(code).afterwards !== 'wait') return null;
  return addDays(now, pack.thresholds.coolingDown.afterDenialDays);
}

function isSaidByWhatIsKnown(code: ReasonCode, known: KnownOfRequest): boolean {
  switch (reasonText(code).ground) {
    case 'judgement':
      return true;
    case 'finding':
      return findingsBehind(code, known).some(({ outcome }) => outcome === 'warn' || outcome === 'fail');
    case 'rule':
      return isSaidByRules(code, known);
  }
}

/** Refusals of the policy, and the two that the policy leaves to a reviewer: they are registered facts all the same. */
function isSaidByRules(code: ReasonCode, { pack, facts, eligibility }: KnownOfRequest): boolean {
  if (eligibility.refusals.some((refusal) => refusal.code === code)) return true;
  if (code === 'past-due') return facts.state === 'PastDue' || facts.billing.pastDue;
  const isUngated = pack.paymentGateUsd === null;
  return code === 'payment-history-too-low' && isUngated && facts.billing.paidInvoicesUsd === 0;
}

function findingsBehind(code: ReasonCode, { findings }: KnownOfRequest): readonly JudgedFinding[] {
  const { checks } = reasonText(code);
  return findings.filter((finding) => checks.includes(finding.check));
}

function whatIsKnown(code: ReasonCode, known: KnownOfRequest): string {
  const seen = findingsBehind(code, known).map(({ check, outcome }) => `${check} is "${outcome}"`);
  if (reasonText(code).ground === 'finding') return seen.join(', ') || 'no check says it';
  const { state, billing } = known.facts;
  const refused = known.eligibility.refusals.map((refusal) => refusal.code);
  return [
    `the subscription is registered as ${state}`,
    billing.pastDue ? 'with an overdue invoice' : 'with nothing overdue',
    `and USD ${String(billing.paidInvoicesUsd)} paid`,
    refused.length === 0 ? '; its policy refuses nothing' : `; its policy refuses with ${refused.join(', ')}`,
  ]
    .join(' ')
    .replaceAll(' ;', ';');
}
