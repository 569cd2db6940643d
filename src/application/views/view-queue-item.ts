import type { Caller } from '../../domain/access/actor.js';
import { reviewClockOf } from '../../domain/derived/review-clock.js';
import type { Instant } from '../../domain/instants.js';
import type { Claim } from '../../domain/ports/record-stores.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../../domain/request/request.js';
import { viewRequest } from './request-view.js';
import type { ClaimView, QueueItem } from './review-view.js';

/** A request as the people who decide see it: in the queue, and as the answer to what they decided. */
export async function viewQueueItem(
  tx: Transaction,
  request: ExemptionRequest,
  caller: Caller,
  now: Instant,
): Promise<QueueItem> {
  const { firstApproval } = request;
  return {
    ...(await viewRequest(tx, request, caller, now)),
    verdict: request.verdict,
    round: request.round,
    dailyVolume: request.dailyVolume,
    filedBy: request.filedBy,
    firstApproval: firstApproval === null ? null : { by: firstApproval.by, at: firstApproval.at },
    decidedBy: request.decision?.by ?? null,
    clock: reviewClockOf(request, now),
    claim: presentClaim(await tx.claims.find(request.id, now)),
  };
}

function presentClaim(claim: Claim | null): ClaimView | null {
  return claim === null ? null : { by: claim.by, claimedAt: claim.claimedAt, until: claim.until };
}
