import type { Finding } from '../fraud/fraud-check.js';
import { reasonText } from '../reason-codes.js';
import type { ReasonCode } from '../reason-codes.js';
import type { Refusal } from '../refusals.js';

/** The part of a finding that a denial is judged on. */
export type JudgedFinding = Pick<Finding, 'check' | 'outcome' | 'reasonCode'>;

/** What a round of checks amounts to. Only `clear` may be granted by a pack's own rule (I5, I17). */
export type Verdict = 'clear' | 'doubtful' | 'hostile';

/**
 * Any `fail` is hostile; else any `warn`, `unknown` or `error` is doubtful; all `pass` is clear. A round without
 * findings is doubtful: nobody looked.
 */
export function verdictOf(findings: readonly Pick<Finding, 'outcome'>[]): Verdict {
  if (findings.some(({ outcome }) => outcome === 'fail')) return 'hostile';
  const allPass = findings.length > 0 && findings.every(({ outcome }) => outcome === 'pass');
  return allPass ? 'clear' : 'doubtful';
}

/** Names of the checks that ended in `error`, in the order of the findings. */
export function checksThatCouldNotLook(
  findings: readonly Pick<Finding, 'check' | 'outcome'>[],
): readonly string[] {
  return findings.filter(({ outcome }) => outcome === 'error').map(({ check }) => check);
}

/** The checks that a code rests on and that could not look in this round: none may be left for a denial (I17). */
export function blindChecksBehind(code: ReasonCode, findings: readonly JudgedFinding[]): readonly string[] {
  const { checks } = reasonText(code);
  return checksThatCouldNotLook(
    findings.filter((finding) => checks.includes(finding.check) || finding.reasonCode === code),
  );
}

/**
 * Null when a denial may carry the code; else why not: the code is not made for denials, or a check it rests on could
 * not look (I17: unknown is never bad news). Takes the findings of the last round.
 */
export function mayDenyWith(code: ReasonCode, findings: readonly JudgedFinding[]): Refusal | null {
  if (!reasonText(code).usableForDenial) return notForDenials;
  const blind = blindChecksBehind(code, findings);
  if (blind.length === 0) return null;
  return {
    code: 'check-could-not-look',
    message: `This reason rests on a check that could not look: ${blind.join(', ')}.`,
    nextStep: 'Order a recheck, or deny with a reason that rests on what was seen.',
  };
}

/** Null when a suspension or revocation may carry the code. */
export function mayRevokeWith(code: ReasonCode): Refusal | null {
  return reasonText(code).usableForRevocation ? null : notForRevocations;
}

const notForDenials: Refusal = {
  code: 'reason-not-for-denials',
  message: 'This reason code is not made for denials.',
  nextStep: 'Choose a reason code that a requester can act on.',
};

const notForRevocations: Refusal = {
  code: 'reason-not-for-revocations',
  message: 'This reason code is not made for suspensions or revocations.',
  nextStep: 'Choose a reason code that says what ended the exemption, for example terms-violated.',
};
