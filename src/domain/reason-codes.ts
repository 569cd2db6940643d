import { policyReasonTexts } from './policy-reason-texts.js';
import type { ReasonText } from './reason-text.js';
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
  readonly mayApplyAgain: boolean;
}

/** The words and the code for one audience; customers and partners get the public code and its text. */
export function presentReason(code: ReasonCode, audience: Audience): PresentedReason {
  if (audience === 'internal') {
    const { internalText, nextStep, mayApplyAgain } = reasonTexts[code];
    return { code, message: internalText, nextStep, mayApplyAgain };
  }
  const publicCode = reasonTexts[code].publicCode;
  const { customerText, partnerText, nextStep, mayApplyAgain } = reasonTexts[publicCode];
  const message = audience === 'partner' ? partnerText : customerText;
  return { code: publicCode, message, nextStep, mayApplyAgain };
}

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

/** The codes a reviewer may deny with. */
export const denialCodes = reasonCodes.filter((code) => reasonTexts[code].usableForDenial);

/** The codes with which an exemption may be suspended or revoked. */
export const revocationCodes = reasonCodes.filter((code) => reasonTexts[code].usableForRevocation);
