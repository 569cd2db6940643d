import type { Finding } from '../../domain/fraud/fraud-check.js';
import type { Instant } from '../../domain/instants.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../../domain/request/request.js';
import { type SecondApprovalReason, whySecondApproval } from '../../domain/request/second-approval.js';
import { type SecondApproval, secondApprovalFrom } from '../second-approval-of.js';

/** Whether one person is enough for a request, and what a second one has to know. */
export interface SecondApprovalView {
  readonly needsSecondApproval: boolean;
  /** Every reason why one person is not enough. */
  readonly secondApprovalReasons: readonly {
    readonly code: SecondApprovalReason;
    readonly message: string;
  }[];
  /** Checks that can fail and did not look: an approval names each of them in acceptedUnknowns. */
  readonly mustBeAccepted: readonly string[];
  /** What the first approver set, while a second one is waited for: it holds unless they replace it. */
  readonly firstTerms: {
    readonly expiresOn: Instant | null;
    /** Null where there are none, and once erased. */
    readonly conditions: string | null;
    readonly acceptedUnknowns: readonly string[];
  } | null;
}

export async function viewSecondApproval(
  tx: Transaction,
  request: ExemptionRequest,
  findings: readonly Finding[],
): Promise<SecondApprovalView> {
  const history = await tx.history.of('request', request.id);
  const grounds = secondApprovalFrom(request, history, findings);
  const reasons = whySecondApproval(request, grounds);
  return {
    needsSecondApproval: reasons.length > 0,
    secondApprovalReasons: reasons.map((code) => ({ code, message: inWords(code, request, grounds) })),
    mustBeAccepted: grounds.couldNotLook,
    firstTerms: await viewFirstTerms(tx, grounds),
  };
}

function inWords(
  code: SecondApprovalReason,
  request: ExemptionRequest,
  { secondApprovalAbove, highestDailyVolume, couldNotLook }: SecondApproval,
): string {
  switch (code) {
    case 'hostile-verdict':
      return 'A check failed: the verdict is hostile.';
    case 'daily-volume': {
      const highest = Math.max(highestDailyVolume, request.dailyVolume);
      return `The request named ${String(highest)} mails a day; above ${String(secondApprovalAbove)} two people decide.`;
    }
    case 'checks-did-not-look':
      return `${couldNotLook.join(', ')} can fail a request, and did not look. Start a new round (recheck), or accept it knowingly.`;
  }
}

async function viewFirstTerms(
  tx: Transaction,
  { first }: SecondApproval,
): Promise<SecondApprovalView['firstTerms']> {
  if (first === null) return null;
  const { expiresOn, conditionsTextId, acceptedUnknowns } = first;
  const texts = conditionsTextId === null ? null : await tx.texts.find([conditionsTextId]);
  return { expiresOn, conditions: texts?.get(conditionsTextId ?? '') ?? null, acceptedUnknowns };
}
