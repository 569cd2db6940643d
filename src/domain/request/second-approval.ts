import type { Finding } from '../fraud/fraud-check.js';
import { earlierOf } from '../instants.js';
import type { HistoryEntry } from '../lifecycle-table.js';
import type { ApprovalTerms, RequestApproved } from './request-events.js';
import type { ExemptionRequest, RequestDecision } from './request.js';

/** Why one person is not enough; in words in `secondApprovalWords`. */
export type SecondApprovalReason = 'hostile-verdict' | 'daily-volume' | 'checks-did-not-look';

type Grounds = Pick<RequestApproved, 'secondApprovalAbove' | 'highestDailyVolume' | 'couldNotLook'>;

/** Every reason why a request takes two approvals; none where one is enough. */
export function whySecondApproval(
  request: Pick<ExemptionRequest, 'verdict' | 'dailyVolume'>,
  { secondApprovalAbove, highestDailyVolume, couldNotLook }: Grounds,
): readonly SecondApprovalReason[] {
  const reasons: SecondApprovalReason[] = [];
  if (request.verdict === 'hostile') reasons.push('hostile-verdict');
  if (Math.max(request.dailyVolume, highestDailyVolume ?? 0) > secondApprovalAbove)
    reasons.push('daily-volume');
  if ((couldNotLook ?? []).length > 0) reasons.push('checks-did-not-look');
  return reasons;
}

/** The highest volume (mails a day) that any line of a request's history named. */
export function highestDailyVolumeIn(history: readonly Pick<HistoryEntry, 'event'>[]): number {
  const volumes = history.map(({ event }) => (event as { readonly dailyVolume?: unknown }).dailyVolume);
  return Math.max(0, ...volumes.filter((volume) => typeof volume === 'number'));
}

/** What the first of two approvals set; null where no first approval waits for a second. */
export function firstTermsIn(history: readonly Pick<HistoryEntry, 'event' | 'to'>[]): ApprovalTerms | null {
  const first = history.findLast(({ event, to }) => event.type === 'approved' && to === 'second-reviewing');
  if (first === undefined) return null;
  const { conditionsTextId, expiresOn, acceptedUnknowns } = first.event as RequestApproved;
  return { conditionsTextId, expiresOn, acceptedUnknowns };
}

/** Checks of a round that can fail and did not look, or do not know: nobody can tell that the round is not hostile. */
export function blindChecksThatMayFail(
  findings: readonly Pick<Finding, 'check' | 'outcome'>[],
  mayFail: (check: string) => boolean,
): readonly string[] {
  return findings
    .filter(({ outcome }) => outcome === 'error' || outcome === 'unknown')
    .map(({ check }) => check)
    .filter(mayFail);
}

type Terms = Pick<
  RequestDecision,
  'conditionsTextId' | 'firstConditionsTextId' | 'expiresOn' | 'acceptedUnknowns'
>;

/** The stricter of two approvals: the earlier end, the conditions of both, and whatever either of them accepted. */
export function stricterTerms(own: ApprovalTerms, first: ApprovalTerms | null): Terms {
  const { conditionsTextId, expiresOn, acceptedUnknowns } = own;
  if (first === null) return { conditionsTextId, expiresOn, acceptedUnknowns };
  const both = conditionsTextId !== null && first.conditionsTextId !== null;
  return {
    conditionsTextId: conditionsTextId ?? first.conditionsTextId,
    ...(both ? { firstConditionsTextId: first.conditionsTextId } : {}),
    expiresOn: earlierOf(expiresOn, first.expiresOn),
    acceptedUnknowns: [...new Set([...first.acceptedUnknowns, ...acceptedUnknowns])],
  };
}
