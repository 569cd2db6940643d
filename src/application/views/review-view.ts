import type { ActorRef } from '../../domain/access/actor.js';
import type { ReviewClock } from '../../domain/derived/review-clock.js';
import type { Finding } from '../../domain/fraud/fraud-check.js';
import type { Instant } from '../../domain/instants.js';
import type { Previewed } from '../../domain/enforcement/preview.js';
import type { RestartPlan } from '../../domain/enforcement/restart-plan.js';
import type { Eligibility } from '../../domain/policy/eligibility.js';
import type { RequestParticulars } from '../../domain/ports/record-stores.js';
import type { Verdict } from '../../domain/request/request.js';
import type { SubscriptionFacts } from '../../domain/subscription/subscription.js';
import type { ControlProofReview } from './control-proof-view.js';
import type { RequestView } from './request-view.js';
import type { SecondApprovalView } from './second-approval-view.js';

export interface ClaimView {
  readonly by: ActorRef;
  readonly claimedAt: Instant;
  readonly until: Instant;
}

/** A request as the people who decide see it in a list, and as every decision answers with it. */
export interface QueueItem extends RequestView {
  readonly verdict: Verdict | null;
  readonly round: number;
  readonly dailyVolume: number;
  readonly filedBy: ActorRef;
  readonly firstApproval: { readonly by: ActorRef; readonly at: Instant } | null;
  readonly decidedBy: ActorRef | null;
  readonly clock: ReviewClock;
  readonly claim: ClaimView | null;
}

export interface NoteView {
  readonly id: string;
  readonly at: Instant;
  readonly by: ActorRef;
  /** Null once erased. */
  readonly text: string | null;
}

/** A line of history for platform staff: every event, by whom, with the words that belong to it. */
export interface HistoryLine {
  readonly sequence: number;
  readonly aggregate: string;
  readonly version: number;
  readonly from: string | null;
  readonly to: string;
  readonly event: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly at: Instant;
  readonly by: ActorRef;
  /** The texts that the event refers to, by the name of the field. */
  readonly texts: Readonly<Record<string, string>>;
}

/** A line about one machine: what went wrong with it, or what an engineer ordered. */
export interface MachineLine extends HistoryLine {
  readonly vmId: string;
  readonly name: string;
}

export interface RelatedRequest {
  readonly id: string;
  readonly subscriptionId: string;
  readonly state: string;
  readonly submittedAt: Instant;
  readonly decisionCode: string | null;
  readonly sameSubscription: boolean;
}

/** The engineer's page: everything needed to decide, in one place. */
export interface RequestReview extends QueueItem, Previewed, SecondApprovalView {
  readonly subscription: SubscriptionFacts | null;
  readonly eligibility: Eligibility | null;
  readonly relayCannotBeUsed: boolean;
  readonly restartPlan: RestartPlan;
  readonly particulars: Omit<RequestParticulars, 'requestId' | 'tenantId'> | null;
  /** What the side that filed has shown of its control of the subscription; null without an attempt. */
  readonly controlProof: ControlProofReview | null;
  readonly findings: readonly (Finding & { readonly round: number })[];
  /** Checks of the present round that could not look: no denial may rest on them. */
  readonly couldNotLook: readonly string[];
  readonly related: readonly RelatedRequest[];
  readonly notes: readonly NoteView[];
  readonly history: readonly HistoryLine[];
}
