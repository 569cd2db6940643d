import type { ActorRef } from '../access/actor.js';
import type { RestartPlan } from '../enforcement/restart-plan.js';
import type { Instant } from '../instants.js';

/** Where a request stands: a question that ends with an answer (docs/policy.md). */
export type RequestState =
  | 'checking'
  | 'reviewing'
  | 'awaiting-information'
  | 'second-reviewing'
  | 'approved'
  | 'denied'
  | 'withdrawn'
  | 'lapsed';

export type Verdict = 'clear' | 'doubtful' | 'hostile';

/** What a reviewer asked; the text lies with the erasable texts. */
export interface Question {
  readonly textId: string;
  readonly fields: readonly string[];
  readonly askedAt: Instant;
  readonly askedBy: ActorRef;
  readonly answerBy: Instant;
}

export interface Approval {
  readonly by: ActorRef;
  readonly at: Instant;
  readonly textId: string | null;
}

export interface RequestDecision {
  readonly outcome: 'approved' | 'denied';
  readonly at: Instant;
  readonly by: ActorRef;
  readonly reasonCode: string | null;
  /** The internal reason, or the reason of the approval, among the erasable texts. */
  readonly textId: string | null;
  readonly applyAgainOn: Instant | null;
  readonly expiresOn: Instant | null;
  readonly conditionsTextId: string | null;
  /** Where two approvals set conditions: those of the first, which hold too. */
  readonly firstConditionsTextId?: string;
  /** Checks whose `unknown` or `error` the decider accepted knowingly. */
  readonly acceptedUnknowns: readonly string[];
  readonly policyRulesVersion: string;
}

/**
 * A request for an exemption. What is personal (contact, justification, names, domains and addresses) lies in the
 * erasable particulars under the same id.
 */
export interface ExemptionRequest {
  readonly id: string;
  readonly state: RequestState;
  readonly version: number;
  readonly subscriptionId: string;
  /** The tenant of the subscription, the customer. */
  readonly tenantId: string;
  readonly filedBy: ActorRef;
  readonly classification: string;
  readonly pack: string;
  readonly relayCannotBeUsed: boolean;
  /** Mails a day. */
  readonly dailyVolume: number;
  readonly restartPlan: RestartPlan;
  readonly submittedAt: Instant;
  /** The round of checks that counts, from 1. */
  readonly round: number;
  /** The names of the checks of that round. */
  readonly checks: readonly string[];
  readonly verdict: Verdict | null;
  /** When the present state loses its patience; null where it waits for a person with a review clock. */
  readonly dueAt: Instant | null;
  /** When a decision is due. It moves on by the time that the request waited for information. */
  readonly reviewDueAt: Instant;
  readonly question: Question | null;
  readonly firstApproval: Approval | null;
  readonly decision: RequestDecision | null;
  readonly exemptionId: string | null;
  readonly endedAt: Instant | null;
}

/** States in which the question is still open: at most one such request a subscription (invariant I2). */
export const liveRequestStates: readonly RequestState[] = [
  'checking',
  'reviewing',
  'awaiting-information',
  'second-reviewing',
];
