import type { RestartPlan } from '../enforcement/restart-plan.js';
import type { Instant } from '../instants.js';
import type { Verdict } from './request.js';

/** A round of checks that begins: its number, its checks, and when what has not ended counts as `error`. */
export interface RoundBegun {
  readonly round: number;
  readonly checks: readonly string[];
  readonly dueAt: Instant;
}

export interface Submitted extends RoundBegun {
  readonly type: 'submitted';
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly classification: string;
  readonly pack: string;
  readonly relayCannotBeUsed: boolean;
  readonly dailyVolume: number;
  readonly restartPlan: RestartPlan;
  readonly reviewDueAt: Instant;
}

export interface ChecksEnded {
  readonly type: 'checksEnded';
  readonly round: number;
  readonly verdict: Verdict;
  /** True where the pack grants by rule and its gates pass: only then can a clear verdict approve. */
  readonly grantsByRule: boolean;
  readonly exemptionId: string;
  readonly policyRulesVersion: string;
}

export interface InformationRequested {
  readonly type: 'informationRequested';
  readonly questionTextId: string;
  readonly fields: readonly string[];
  readonly answerBy: Instant;
}

export interface InformationGiven extends RoundBegun {
  readonly type: 'informationGiven';
  readonly answerTextId: string;
  /** The volume after the answer, in mails a day. */
  readonly dailyVolume: number;
}

export interface RecheckRequested extends RoundBegun {
  readonly type: 'recheckRequested';
  readonly reasonTextId: string;
}

/** What an approval sets for the grant. */
export interface ApprovalTerms {
  readonly conditionsTextId: string | null;
  readonly expiresOn: Instant | null;
  /** Checks whose `unknown` or `error` the approver accepts knowingly. */
  readonly acceptedUnknowns: readonly string[];
}

/** What may be absent is so in lines of history that an older version wrote. */
export interface RequestApproved extends ApprovalTerms {
  readonly type: 'approved';
  readonly reasonTextId: string;
  /** The id that the exemption gets if this approval is the last one needed. */
  readonly exemptionId: string;
  /** Above this volume (mails a day) a second pair of eyes decides; a number of the pack. */
  readonly secondApprovalAbove: number;
  /** The highest volume that this request ever named: a later answer does not take a second approval away. */
  readonly highestDailyVolume?: number;
  /** Checks of the round that can fail and did not look: two people decide, and each accepts all of them. */
  readonly couldNotLook?: readonly string[];
  /** Facts that this rests on and the decider registered: whoever did decides nothing by them. */
  readonly registeredByDecider?: readonly string[];
  /** At a second approval: what the first one set and still holds; null where it was replaced, or there is none. */
  readonly firstTerms?: ApprovalTerms | null;
  /** Why the second approver replaced what the first one had set; null where they did not. */
  readonly replacesFirstTextId?: string | null;
  readonly policyRulesVersion: string;
}

export interface RequestDenied {
  readonly type: 'denied';
  readonly reasonCode: string;
  readonly reasonTextId: string;
  readonly applyAgainOn: Instant | null;
  /** Checks of the round that this code rests on and that could not look: they forbid the code (I17). */
  readonly couldNotLook: readonly string[];
  /** As at an approval. */
  readonly registeredByDecider?: readonly string[];
  readonly policyRulesVersion: string;
}

export interface Withdrawn {
  readonly type: 'withdrawn';
  readonly reasonTextId: string | null;
}

export interface PatienceExceeded {
  readonly type: 'patienceExceeded';
}

/** The subscription changed hands: whoever owns or sells it now files anew, and this question has nobody left to answer to. */
export interface EndedByPolicy {
  readonly type: 'endedByPolicy';
  readonly reasonCode: string;
}
export type RequestEvent =
  | Submitted
  | ChecksEnded
  | InformationRequested
  | InformationGiven
  | RecheckRequested
  | RequestApproved
  | RequestDenied
  | Withdrawn
  | PatienceExceeded
  | EndedByPolicy;
