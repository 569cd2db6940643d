import { mayFail } from '../domain/fraud/checks/index.js';
import type { Finding } from '../domain/fraud/fraud-check.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { StoredHistoryEntry } from '../domain/ports/told-entry.js';
import type { ApprovalTerms, RequestApproved } from '../domain/request/request-events.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import {
  blindChecksThatMayFail,
  firstTermsIn,
  highestDailyVolumeIn,
} from '../domain/request/second-approval.js';
import { pinnedPack } from './judge-eligibility.js';

/** What decides whether one person is enough, and what the first of two has set. */
export type SecondApproval = Required<
  Pick<RequestApproved, 'secondApprovalAbove' | 'highestDailyVolume' | 'couldNotLook'>
> & {
  /** Null where no first approval waits for a second. */
  readonly first: ApprovalTerms | null;
};

/** The same, read from what a request's history and its present round of checks say. */
export async function secondApprovalOf(tx: Transaction, request: ExemptionRequest): Promise<SecondApproval> {
  const history = await tx.history.of('request', request.id);
  return secondApprovalFrom(request, history, await tx.findings.ofRound(request.id, request.round));
}

export function secondApprovalFrom(
  request: ExemptionRequest,
  history: readonly StoredHistoryEntry[],
  findings: readonly Finding[],
): SecondApproval {
  return {
    secondApprovalAbove: pinnedPack(request.pack).thresholds.dailyVolumeSecondApproval,
    highestDailyVolume: highestDailyVolumeIn(history),
    couldNotLook: blindChecksThatMayFail(findings, mayFail),
    first: request.state === 'second-reviewing' ? firstTermsIn(history) : null,
  };
}
