import type { ActorRef } from '../../domain/access/actor.js';
import type { Progress } from '../../domain/derived/progress.js';
import type { EvidenceKind } from '../../domain/enforcement/machine.js';
import type { Blocker, Direction, RestartState } from '../../domain/enforcement/restart.js';
import type { RestartPlan } from '../../domain/enforcement/restart-plan.js';
import type { ExemptionState } from '../../domain/exemption/exemption.js';
import type { GatePosition, GateReach, GateState } from '../../domain/gate/gate.js';
import type { Instant } from '../../domain/instants.js';
import type { PowerState } from '../../domain/ports/compute-control-plane.js';
import type { AddressFinding, AddressReviewView } from './address-review-view.js';
import type { HistoryLine, MachineLine } from './review-view.js';
import type { ReasonView } from './reason-view.js';
import type { Elsewhere } from './where-for-reader.js';

export interface GateView {
  readonly state: GateState;
  /** The position that was ordered last; it stands once `state` says so. */
  readonly position: GatePosition;
  readonly fence: number;
  readonly orderedAt: Instant;
  /** When the last confirmed move happened, on the cloud's clock. */
  readonly movedAt: Instant | null;
  readonly appliesTo: GateReach;
}

/** An exemption as its requester sees it. */
export interface ExemptionView {
  readonly id: string;
  readonly version: number;
  readonly subscriptionId: string;
  readonly customerTenantId: string;
  readonly requestId: string;
  readonly state: ExemptionState;
  readonly pack: string;
  readonly grantedAt: Instant;
  readonly effectiveAt: Instant | null;
  readonly expiresOn: Instant | null;
  readonly endedAt: Instant | null;
  readonly conditions: string | null;
  readonly gate: GateView | null;
  readonly progress: Progress;
  readonly restartPlan: RestartPlan;
  /** Machines that hold a host and are not proven closed; null where nobody looked yet. */
  readonly stillOpen: number | null;
  /** What keeps it from going on, in words; null where nothing does. */
  readonly problem: Blocker | null;
  /** Of addresses that machines came back with; null where there are none, or nobody has looked yet. */
  readonly addressReview: AddressReviewView | null;
  readonly suspension: {
    readonly at: Instant;
    readonly closeRunning: boolean;
    /** What it means for the machines right now: how many may use port 25 still. Null once it is over. */
    readonly message: string | null;
    readonly reasons: readonly ReasonView[];
    /** What was seen since that speaks against it, too. */
    readonly grounds: readonly { readonly at: Instant; readonly reasons: readonly ReasonView[] }[];
    /** Signed, to be checked without the service (docs/receipts.md); so are the other two. */
    readonly receipt: string | null;
  } | null;
  /** The last time that the right was given back. */
  readonly reinstatement: { readonly at: Instant; readonly receipt: string } | null;
  readonly revocation: {
    readonly at: Instant;
    readonly reasons: readonly ReasonView[];
    readonly receipt: string | null;
  } | null;
  readonly links: {
    readonly self: string;
    readonly request: string;
    readonly subscription: string;
    readonly virtualMachines: string;
    readonly restartPlan: string;
  };
}

/** The same for platform staff: who did what, and why, and what waits for a human. */
export interface AdminExemptionView extends ExemptionView {
  readonly grantedBy: ActorRef;
  readonly fence: number;
  readonly theirFence: number | null;
  readonly suspendedBy: ActorRef | null;
  /** The first of two people who reinstate what policy suspended; null where nobody has, or one is enough. */
  readonly firstReinstatement: { readonly by: ActorRef; readonly at: Instant } | null;
  /** When the subscription went to another tenant: since then nobody outside reads of it, and it can only be ended. */
  readonly movedAt: Instant | null;
  readonly revokedBy: ActorRef | null;
  readonly violationId: string | null;
  /** The internal reason of the suspension or revocation. */
  readonly internalReason: string | null;
  readonly humanNeededSince: Instant | null;
  readonly humanNeededFor: Blocker | null;
  readonly lastLookedAt: Instant | null;
  /** When the activity log was read last, and why it cannot be read; null where it can. */
  readonly logReadAt: Instant | null;
  readonly logProblem: Blocker | null;
  readonly addressFindings: readonly AddressFinding[];
}

/** One exemption with its whole history, for platform staff. */
export interface ExemptionReview extends AdminExemptionView {
  readonly history: readonly HistoryLine[];
  /** What went wrong with machines, and what engineers ordered for them: the latest 200 lines. */
  readonly machineHistory: readonly MachineLine[];
}

/** One machine of the tracker, with what is known and why. */
export interface MachineRow {
  readonly vmId: string;
  readonly name: string;
  /** Where it was seen last; where it was planned, while it is in a subscription that its reader may not know. */
  readonly resourceId: string;
  /** Where it is in another subscription; its id is null where that belongs to another tenant than the reader's. */
  readonly elsewhere: Elsewhere | null;
  readonly direction: Direction;
  readonly state: RestartState;
  readonly powerState: PowerState;
  readonly exempt: boolean;
  /** Why it is said to be exempt; null where it is not. */
  readonly because: string | null;
  readonly blocker: Blocker | null;
  readonly evidence: readonly {
    readonly kind: EvidenceKind;
    readonly rank: string;
    readonly fact: string;
    readonly at: Instant;
    readonly source: string;
  }[];
}
