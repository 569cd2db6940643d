import type { Exemption } from '../domain/exemption/exemption.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { isReasonCode, revocationCodes } from '../domain/reason-codes.js';
import { type Refusal, policyRefuses } from '../domain/refusals.js';

/**
 * The ground of a suspension or revocation: a reason code that is made for it and, where a violation is named, one
 * that was confirmed and is this exemption's. Throws 422 with everything that does not stand; gives the code.
 */
export async function groundMustStand(
  tx: Transaction,
  exemption: Exemption,
  ground: { readonly reasonCode: string; readonly violationId: string | null },
): Promise<string> {
  const refusals: Refusal[] = [];
  if (!isReasonCode(ground.reasonCode) || !revocationCodes.includes(ground.reasonCode)) {
    refusals.push({
      code: 'reason-not-for-revocations',
      message: 'This is no reason code to suspend or revoke with.',
      nextStep: `Take one of: ${revocationCodes.join(', ')}.`,
    });
  }
  const violation = ground.violationId === null ? null : await tx.violations.find(ground.violationId);
  if (
    ground.violationId !== null &&
    (violation?.state !== 'confirmed' || violation.exemptionId !== exemption.id)
  ) {
    refusals.push({
      code: 'violation-not-confirmed',
      message: 'The violation that is named is not a confirmed one of this exemption.',
      nextStep: 'Confirm it first, or leave violationId out.',
    });
  }
  if (refusals.length > 0) throw policyRefuses(refusals);
  return ground.reasonCode;
}
