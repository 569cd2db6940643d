import type { Instant } from '../instants.js';

/** What the cloud says of a subscription (ARM, 2022-12-01), or why it did not say. */
export type SubscriptionAnswer =
  | {
      readonly kind: 'found';
      readonly state: string;
      readonly tenantId: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterSeconds: number | null };

/** A power state as ARM names it, without its prefix; `unknown` where it is missing: look again, never infer. */
export type PowerState =
  'running' | 'starting' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated' | 'hibernated' | 'unknown';

/** Where a machine stands: machines that share a place stand in for each other. Null where it is in none. */
export interface Placement {
  /** The availability zone, within its location. */
  readonly zone: string | null;
  /** Resource ids, in small letters. An instance of a uniform set lies in it, a member of a flexible one only names it. */
  readonly availabilitySet: string | null;
  readonly scaleSet: string | null;
}

/** A machine as a full listing or a direct read describes it. */
export interface MachineDescription extends Placement {
  readonly vmId: string;
  readonly name: string;
  readonly resourceId: string;
  readonly location: string;
  /** On the cloud's clock; null where the cloud does not say. */
  readonly timeCreated: Instant | null;
  /** Its system disk lives on the host: such a machine cannot be deallocated. */
  readonly ephemeralSystemDisk: boolean;
}

/** A machine and its power state at the time of a sample. `vmId` is null where the cloud leaves it out. */
export interface PowerSighting {
  readonly vmId: string | null;
  readonly resourceId: string;
  readonly powerState: PowerState;
}

/** A whole listing, or why there is none: a listing that lacks a page is no listing (fault F24). */
export type Listing<T> =
  | { readonly kind: 'complete'; readonly items: readonly T[] }
  | {
      readonly kind: 'incomplete';
      readonly code: string;
      readonly message: string;
      readonly retryAfterSeconds: number | null;
    };

/** What a direct look at one machine gives. `not-found` only for ARM's ResourceNotFound and ResourceGroupNotFound. */
export type MachineAnswer =
  | { readonly kind: 'found'; readonly machine: MachineDescription; readonly powerState: PowerState }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown'; readonly code: string; readonly retryAfterSeconds: number | null };

/** Why the cloud would not take a power operation, in our words. */
export type PowerRefusal =
  | 'subscription-disabled'
  | 'resource-locked'
  | 'missing-right'
  | 'cannot-deallocate'
  | 'busy'
  | 'not-found'
  | 'other';

/**
 * The answer to a deallocate or start. `operationUrl` is signed: it is stored and followed, never logged, and never
 * followed to another host.
 */
export type PowerOrderAnswer =
  | {
      readonly kind: 'accepted';
      readonly operationUrl: string | null;
      readonly cloudRequestId: string | null;
      /** What the activity log calls the operation; null where the cloud does not say. */
      readonly correlationId: string | null;
    }
  | { readonly kind: 'refused'; readonly why: PowerRefusal; readonly code: string; readonly message: string }
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterSeconds: number | null };

/** A long-running operation. `endTime` is on the cloud's clock, and is the evidence. */
export type OperationAnswer =
  | { readonly kind: 'running'; readonly retryAfterSeconds: number | null }
  | { readonly kind: 'succeeded'; readonly endTime: Instant | null }
  | {
      readonly kind: 'failed';
      readonly why: PowerRefusal | 'allocation-failed';
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'foreign-host' }
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterSeconds: number | null };

/** The code of a call that was not made because the cloud's budget has no token; it says when there will be one. */
export const noToken = 'no-token';

/** The code of a call that was not made because who wanted it had lost the right to it meanwhile. */
export const notSent = 'not-sent';

/** Codes of orders that were certainly not taken: there is nothing to look for before they are given again. */
export function wasNotTaken(code: string | null): boolean {
  return code === noToken || code === notSent || code === 'http-429';
}

/** What a call is for, which decides whose budget it uses. */
export interface CallPurpose {
  /** Where the machine is: the cloud counts by region. Null where nobody said. */
  readonly region: string | null;
  /** Ending a right goes before granting one. */
  readonly isUrgent: boolean;
  /** Nobody's machine waits for it: work on machines goes first. */
  readonly givesWay?: boolean;
  /** What we call the operation, so that the cloud's log tells ours from others. */
  readonly callerId?: string;
  /** Asked when nothing is left but to write the call: a worker that has lost its lease makes none (I8). */
  readonly mayBeSent?: () => boolean;
}

export const ordinaryCall: CallPurpose = { region: null, isUrgent: false };

/** The cloud's control plane. Every answer is a value: an exception from it is a defect or an unknown, and retried. */
export abstract class ComputeControlPlane {
  abstract readSubscription(subscriptionId: string, purpose?: CallPurpose): Promise<SubscriptionAnswer>;
  /**
   * All machines of a subscription, with their vmId and time of creation, without power states; the instances of its
   * uniform scale sets among them, each once.
   */
  abstract listMachines(subscriptionId: string, purpose?: CallPurpose): Promise<Listing<MachineDescription>>;
  /**
   * All power states of a subscription, one call a page; of uniform scale sets, those that are named. One of them that
   * was deleted has none, and its instances are as missing as others.
   */
  abstract listPowerStates(
    subscriptionId: string,
    purpose?: CallPurpose,
    sets?: readonly string[],
  ): Promise<Listing<PowerSighting>>;
  abstract readMachine(resourceId: string, purpose?: CallPurpose): Promise<MachineAnswer>;
  abstract deallocate(resourceId: string, purpose?: CallPurpose): Promise<PowerOrderAnswer>;
  abstract start(resourceId: string, purpose?: CallPurpose): Promise<PowerOrderAnswer>;
  abstract readOperation(operationUrl: string, purpose?: CallPurpose): Promise<OperationAnswer>;
}
