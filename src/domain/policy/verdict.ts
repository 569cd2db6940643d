import type { Finding } from '../fraud/fraud-check.js';
import { reasonText } from '../reason-codes.js';
import type { ReasonCode } from '../reason-codes.js';

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
