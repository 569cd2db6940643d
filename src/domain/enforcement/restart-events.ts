import type { GoneBy } from './machine.js';
import type { Blocker, FoundAs, Restart } from './restart.js';

export interface Planned extends Pick<
  Restart,
  | 'exemptionId'
  | 'requestId'
  | 'subscriptionId'
  | 'tenantId'
  | 'vmId'
  | 'direction'
  | 'fence'
  | 'resourceId'
  | 'name'
  | 'found'
> {
  readonly type: 'planned';
  /** Absent in plans that were made before there were rounds: the first. */
  readonly round?: number;
  /** What keeps it from being stopped from the beginning; null where nothing does. */
  readonly blocker: Blocker | null;
  /** What the evidence says already: nothing to prove where it carries the position, or holds no host. */
  readonly as: 'waiting' | 'blocked' | 'absent' | 'resting' | 'restarted' | 'created-after';
}
/** A stop of ours was taken after its worker had lost its lease: it is undone by a round that only starts (I8, I18). */
export interface StoppedLate extends Omit<Planned, 'type' | 'blocker' | 'as' | 'round'> {
  readonly type: 'stoppedLate';
  readonly round: number;
}
export interface DeallocationBegun {
  readonly type: 'deallocationBegun';
}
/** The plan was interrupted before the cloud took our stop: nothing has begun. */
export interface HeldBack {
  readonly type: 'heldBack';
  /** The gate was ordered on since, or the right has ended: its plan is over, not merely halted. */
  readonly isOvertaken: boolean;
}
/** Between the plan and our stop it was shut down from inside, or started: what we restore is what we stop. */
export interface FoundOtherwise {
  readonly type: 'foundOtherwise';
  readonly found: FoundAs;
}
/** We stopped it and could not start it before (it was blocked, or failed): only the start is left. */
export interface StartResumed {
  readonly type: 'startResumed';
}
/** We ordered its stop, and it is seen running on the host that it had, or on one that nobody saw it take: it is stopped anew. */
export interface StillRunning {
  readonly type: 'stillRunning';
}
export interface HostLost {
  readonly type: 'hostLost';
}
export interface Running {
  readonly type: 'running';
  /** True where somebody else started it after our stop. */
  readonly withoutOurStart: boolean;
}
export interface Blocked extends Blocker {
  readonly type: 'blocked';
}
export interface Unblocked {
  readonly type: 'unblocked';
}
export interface GaveUp extends Blocker {
  readonly type: 'gaveUp';
}
export interface Retried {
  readonly type: 'retried';
  readonly reasonTextId: string;
}
export interface SkipOrdered {
  readonly type: 'skipOrdered';
  readonly reasonTextId: string;
}
export interface PlanSuperseded {
  readonly type: 'planSuperseded';
}
/** It is not where it was, which says nothing of what became of it; or, while a right is enabled, in another subscription. */
export interface AbsentSeen {
  readonly type: 'absentSeen';
  /** What keeps the end of a right from being complete until a human looks; null while it is searched for. */
  readonly blocker: Blocker | null;
}
/** It was absent, and is found: where it was, or, while a right is ended, in another subscription. */
export interface FoundAgain {
  readonly type: 'foundAgain';
}
/** The log tells that it was created in this subscription, under the present gate: it needs nothing. */
export interface CreatedHere {
  readonly type: 'createdHere';
}
export interface GoneSeen {
  readonly type: 'goneSeen';
  /** The first two are of earlier versions, which inferred it from absence. */
  readonly how: 'not-found-twice' | 'other-machine-under-its-name' | GoneBy;
}
/** Its owner stopped it after our cycle had begun: it rests, and is never started by us. */
export interface OwnerStopped {
  readonly type: 'ownerStopped';
}
/** It was seen without a host, and not by our doing. */
export interface OwnerReleased {
  readonly type: 'ownerReleased';
}
/** It took a host again under the present gate, by its owner's hand. */
export interface OwnerCycled {
  readonly type: 'ownerCycled';
}
/** Something the reader should know while the state stays: e.g. an allocation failure that is tried again. */
export interface TroubleSeen extends Blocker {
  readonly type: 'troubleSeen';
}
export type RestartEvent =
  | Planned
  | StoppedLate
  | DeallocationBegun
  | HeldBack
  | StartResumed
  | StillRunning
  | HostLost
  | Running
  | Blocked
  | Unblocked
  | GaveUp
  | Retried
  | SkipOrdered
  | PlanSuperseded
  | AbsentSeen
  | FoundAgain
  | CreatedHere
  | GoneSeen
  | OwnerStopped
  | OwnerReleased
  | OwnerCycled
  | TroubleSeen
  | FoundOtherwise;
