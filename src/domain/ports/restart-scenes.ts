import type { BucketSize } from '../enforcement/call-bucket.js';
import type { Listing, PowerSighting, SubscriptionAnswer } from './compute-control-plane.js';

/** A machine as far as it matters for what a stop does to it. What the cloud did not say is null. */
export interface SceneMachine {
  readonly name: string;
  readonly resourceId: string;
  readonly region: string;
  readonly size: string | null;
  /** Its system disk lives on the host: such a machine cannot be deallocated. */
  readonly ephemeralSystemDisk: boolean;
  readonly availabilitySetId: string | null;
  readonly scaleSetId: string | null;
  /** An instance of a uniform scale set: ordered by another call. */
  readonly isInstance: boolean;
  readonly zones: readonly string[];
  /** Null where the cloud names no interface: every machine has one. */
  readonly interfaceIds: readonly string[] | null;
}

export interface SceneInterface {
  readonly resourceId: string;
  readonly publicAddressIds: readonly string[];
}

export interface ScenePublicAddress {
  readonly resourceId: string;
  /** A dynamic one is released by a deallocate. Null where the cloud did not say. */
  readonly allocation: 'dynamic' | 'static' | null;
  readonly address: string | null;
}

export interface SceneScaleSet {
  readonly name: string;
  /** Instances of a uniform set are in no listing of machines; those of a flexible one are machines like others. */
  readonly isUniform: boolean;
  readonly instances: number | null;
  /** Whether its instances are among the machines: a flexible one's always, a uniform one's where they came in time. */
  readonly isSeen: boolean;
}

/** What the cloud lets through, a subscription and region; instances of uniform scale sets are counted by themselves. */
export interface RestartLimits {
  readonly deallocate: BucketSize;
  readonly start: BucketSize;
  readonly deallocateInstance: BucketSize;
  readonly startInstance: BucketSize;
}

/** Everything of a subscription that a preview looks at; each listing is whole, or says why it is not. */
export interface RestartScene {
  readonly subscription: SubscriptionAnswer;
  readonly machines: Listing<SceneMachine>;
  readonly powerStates: Listing<PowerSighting>;
  readonly interfaces: Listing<SceneInterface>;
  readonly publicAddresses: Listing<ScenePublicAddress>;
  readonly scaleSets: Listing<SceneScaleSet>;
  readonly limits: RestartLimits;
}

/** Looks at what a restart plan would meet, and changes nothing. */
export abstract class RestartScenes {
  /** Never throws for what the network does, and never takes longer: what did not come in time is incomplete. */
  abstract look(subscriptionId: string, withinMs: number): Promise<RestartScene>;

  /** The same, and never a look that somebody else took before: for whoever asks what a restart has changed. */
  lookAnew(subscriptionId: string, withinMs: number): Promise<RestartScene> {
    return this.look(subscriptionId, withinMs);
  }
}
