import type { Instant } from '../instants.js';
import type { CallPurpose } from './compute-control-plane.js';

/** An operation on a machine that the cloud's log says succeeded: told late, more than once, in any order. */
export interface LoggedOperation {
  /** An operation on a whole scale set may have been about some of its machines only: the log does not say which. */
  readonly about: 'machine' | 'scale-set';
  /** In lower case: the log writes ids in any case. It names a place, not a machine: the same name may be used again. */
  readonly resourceId: string;
  /**
   * `created` only where the log says so of the call itself: a change of a machine that was there is none. Where a machine
   * was moved, the log may tell as if it had been created in its new place: a create is a machine's own only where it is of
   * the time at which the cloud says that machine was created.
   */
  readonly what: 'deallocated' | 'started' | 'deleted' | 'created';
  /** When it ended, on the cloud's clock. */
  readonly at: Instant;
  /** In lower case: what the cloud calls the operation, and what its caller called it, where it said. */
  readonly correlationId: string;
  readonly callerId: string | null;
  /** Of a machine that was created, in lower case; left out, or null, where the log does not say. */
  readonly vmId?: string | null;
}

/** What the log says of a subscription since an instant; not whole where there was more than was read. */
export type LogReading<T = LoggedOperation> =
  | { readonly kind: 'read'; readonly operations: readonly T[]; readonly isWhole: boolean }
  | { readonly kind: 'unread'; readonly code: string; readonly retryAfterSeconds: number | null };

/** Something was moved out of a resource group; of what, and where to, the log does not say. */
export interface LoggedMove {
  /**
   * `out` of a group of the subscription whose log was read, to another group of it or to another subscription. `in`, where
   * that log tells of a move out of a group of another subscription. It need not: that none is told says nothing.
   */
  readonly direction: 'out' | 'in';
  /** The resource group that was moved from, as `/subscriptions/…/resourcegroups/…` in lower case. */
  readonly group: string;
  /** When it ended, on the cloud's clock. */
  readonly at: Instant;
}

/** The cloud's activity log. What it does not say proves nothing. */
export abstract class ActivityLog {
  abstract read(subscriptionId: string, since: Instant, purpose?: CallPurpose): Promise<LogReading>;
  /** Moves out of the subscription's groups, and into them as far as its log tells. */
  abstract readMoves(
    subscriptionId: string,
    since: Instant,
    purpose?: CallPurpose,
  ): Promise<LogReading<LoggedMove>>;
}
