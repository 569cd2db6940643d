import { compareInstants, type Instant } from '../instants.js';
import { liveRequestStates, type ExemptionRequest } from '../request/request.js';

/** The clocks of a request, for whoever decides it. */
export interface ReviewClock {
  /** When a decision is due; null once there is one. */
  readonly dueAt: Instant | null;
  readonly overdue: boolean;
  /** True while the requester is asked: that time is added to the clock when they answer. */
  readonly stopped: boolean;
  /** When the present state ends by itself: a round of checks, or the wait for an answer. */
  readonly stateEndsAt: Instant | null;
}

/** Reads the clocks at a moment. A stopped clock is never overdue. */
export function reviewClockOf(request: ExemptionRequest, now: Instant): ReviewClock {
  if (!liveRequestStates.includes(request.state))
    return { dueAt: null, overdue: false, stopped: false, stateEndsAt: null };
  const stopped = request.state === 'awaiting-information';
  return {
    dueAt: request.reviewDueAt,
    overdue: !stopped && compareInstants(request.reviewDueAt, now) <= 0,
    stopped,
    stateEndsAt: request.dueAt,
  };
}
