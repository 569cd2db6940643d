import type { Placement, PowerState } from '../ports/compute-control-plane.js';
import type { GatePosition } from '../gate/gate.js';
import type { Instant } from '../instants.js';

/** Whether a machine holds a host; unknown where nobody saw it, or where it may have taken one unseen. */
export type HostState = 'held' | 'none' | 'unknown';

/** The gate position that a machine carries, as far as it is proven; `unknown` is neither good nor bad news. */
export type CarriedPosition = GatePosition | 'unknown';

/** What is known of one machine of a subscription: a fold over all that was seen of it. */
export interface Machine extends Placement {
  readonly subscriptionId: string;
  readonly vmId: string;
  readonly tenantId: string;
  readonly resourceId: string;
  readonly name: string;
  readonly location: string;
  /** On the cloud's clock. */
  readonly timeCreated: Instant | null;
  readonly ephemeralSystemDisk: boolean;
  readonly powerState: PowerState;
  readonly host: HostState;
  readonly carries: CarriedPosition;
  /** The fence under which it took its host, where that was seen or proven; null where it was not. */
  readonly carriesFence: number | null;
  /** The settled fence under which it was last seen without a host; null while it holds one. */
  readonly releasedUnderFence: number | null;
  /** When a look that surely showed it without a host was last sent, on our clock; null while it holds one. */
  readonly releasedSeenAt: Instant | null;
  /** Since when a machine without a host has been shown `stopped`, on our clock; null where it is not. */
  readonly stoppedSince: Instant | null;
  /** When the look that this rests on was sent, on our clock. */
  readonly seenAt: Instant;
  /** When it was first missing where it should be (404), for the confirmation of `gone`; null otherwise. */
  readonly notFoundSince: Instant | null;
  /** Since when it is known not to be where it was, by two answers apart: it may live on elsewhere. Null where it is there. */
  readonly absentSince: Instant | null;
  /** When a search of every subscription that may be seen first counted, and found it nowhere; null where none did. */
  readonly nowhereSince: Instant | null;
  /** When it was seen again after it had been away: what was learnt before says nothing of what it carries since. */
  readonly backSince: Instant | null;
  /** True where the log tells that it was created in this subscription, and nothing of a move since. */
  readonly createdHere: boolean;
  readonly gone: boolean;
  /** Why it counts as gone; null where it does not, or an earlier version said so. */
  readonly goneBy: GoneBy | null;
}

/**
 * Why a machine counts as gone. `left-its-set`: an instance of a uniform set that is here still, and is never moved without
 * it. `nothing-open`: it is not where it was, and was proven not to carry the open position.
 */
export type GoneBy = 'delete-logged' | 'left-its-set' | 'found-nowhere' | 'said-by-engineer' | 'nothing-open';

/** Kinds of evidence, strongest first (docs/enforcement.md): E1 to E5. */
export type EvidenceKind = 'own-operation' | 'activity-log' | 'event-grid' | 'sampled' | 'owner-said';

export const evidenceRank: Readonly<Record<EvidenceKind, string>> = {
  'own-operation': 'E1',
  'activity-log': 'E2',
  'event-grid': 'E3',
  sampled: 'E4',
  'owner-said': 'E5',
};

/** What a piece of evidence shows of a machine. */
export type EvidenceFact =
  | 'host-released'
  | 'host-taken'
  /** It took a host since it was seen without one, under this fence or an earlier one: by itself that proves neither. */
  | 'host-taken-unseen'
  /** Its scale set was stopped, all of it or some: it may have lost its host, which by itself proves nothing. */
  | 'host-perhaps-released'
  /** It was created under this fence, if it was created in this subscription: `created-here` says whether it was. */
  | 'created-after'
  /** The log tells of its creation in this subscription. */
  | 'created-here'
  | 'gate-applies-at-once'
  /** The cloud sent word of an operation: a hint, to be confirmed. */
  | 'hinted'
  /** Its owner says that it was stopped and started. */
  | 'said-cycled'
  | 'gone';

/** One piece of evidence, kept for ever with the machine: "why do you say that it is exempt?" */
export interface Evidence {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly vmId: string;
  readonly kind: EvidenceKind;
  readonly fact: EvidenceFact;
  /** On the cloud's clock for operations, on ours for samples (when the look was sent). */
  readonly at: Instant;
  readonly source: string;
  /** The cloud's correlation id of the operation that it tells of; null where it is no operation's. */
  readonly operation: string | null;
  /** The settled fence of the gate at that moment; for the activity log, the one that it had reached at the least. */
  readonly fence: number;
}
