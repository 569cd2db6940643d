import { policyReasonTexts } from './policy-reason-texts.js';
import type { Instant } from './instants.js';
import type { Afterwards, ReasonText, ReasonUse } from './reason-text.js';
import { reviewReasonTexts } from './review-reason-texts.js';

/** The catalogue of reasons. */
const reasonTexts = { ...policyReasonTexts, ...reviewReasonTexts };

/** A code of the catalogue. It is stable: never renamed, and never meaning something else later. */
export type ReasonCode = keyof typeof reasonTexts;

/** Whose eyes a text is made for. `internal` is for platform staff only and may name a suspicion. */
export type Audience = 'customer' | 'partner' | 'internal';

/** A reason as it is shown to one audience. */
export interface PresentedReason {
  readonly code: ReasonCode;
  readonly message: string;
  readonly nextStep: string;
}

/** Where a reason is told: a refusal to file, or a decision of somebody. */
export type ReasonOccasion = 'refusal' | ReasonUse;

/** What the words of a reason depend on beside its code. */
export interface ReasonSetting {
  readonly occasion: ReasonOccasion;
  /** From when on a new request may be filed; null where nothing has to be waited for, or nobody knows the date yet. */
  readonly applyAgainOn?: Instant | null;
  /** For a revocation that is not complete yet: how long the wait is that begins with its completion. */
  readonly waitDays?: number | null;
}

/** The words and the code for one audience; customers and partners get the public code and its text. */
export function presentReason(
  code: ReasonCode,
  audience: Audience,
  setting: ReasonSetting = { occasion: 'refusal' },
): PresentedReason {
  if (audience === 'internal') {
    const text: ReasonText = reasonTexts[code];
    return { code, message: text.internalText, nextStep: nextStepOf(text, setting) };
  }
  const publicCode = publicCodeOf(code);
  const text: ReasonText = reasonTexts[publicCode];
  const message = audience === 'partner' ? text.partnerText : text.customerText;
  return { code: publicCode, message, nextStep: nextStepOf(text, setting) };
}

/** What can be done today, and what may follow: never a route that is not there, never a date that nobody knows. */
function nextStepOf({ nextStep, afterwards }: ReasonText, setting: ReasonSetting): string {
  const then = whatFollows(afterwards, setting);
  return then === null ? nextStep : `${nextStep} ${then}`;
}

function whatFollows(afterwards: Afterwards, setting: ReasonSetting): string | null {
  const { occasion, applyAgainOn = null, waitDays = null } = setting;
  if (occasion === 'suspension')
    return 'The page of the exemption says when it is reinstated or ended; nothing has to be filed for that.';
  if (applyAgainOn !== null) return `A new request may be filed from ${applyAgainOn} on.`;
  if (occasion === 'revocation')
    return waitDays === null
      ? null
      : `A new request may be filed ${String(waitDays)} days after the revocation is complete.`;
  return afterwards === 'file-when-mended' ? 'Then file a request.' : null;
}

/** The code under which a reason leaves the house. One that no catalogue knows is told as the neutral one. */
export function publicCodeOf(code: string): ReasonCode {
  return isReasonCode(code) ? reasonTexts[code].publicCode : 'trust-review-declined';
}

/** Codes that nobody outside reads, whatever they read. */
export const internalCodes = (): readonly ReasonCode[] =>
  reasonCodes.filter((code) => publicCodeOf(code) !== code);

/** All that is known about a code. */
export function reasonText(code: ReasonCode): ReasonText {
  return reasonTexts[code];
}

/** True for a code of the catalogue, false for any other text. */
export function isReasonCode(text: string): text is ReasonCode {
  return Object.hasOwn(reasonTexts, text);
}

/** Every code, in the order of the catalogue. */
export const reasonCodes: readonly ReasonCode[] = Object.keys(reasonTexts).filter(isReasonCode);

/** The codes that a person may deny, suspend or revoke with, in the order of the catalogue. */
export function codesUsableFor(use: ReasonUse): readonly ReasonCode[] {
  return reasonCodes.filter((code) => reasonText(code).usableFor.includes(use));
}
