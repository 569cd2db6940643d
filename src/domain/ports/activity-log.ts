import type { Instant } from '../instants.js';
import type { CallPurpose } from './compute-control-plane.js';

/** An operation on a machine that the cloud's log says succeeded: told late, more than once, in any order. */
export interface LoggedOperation {
  /** An operation on a whole scale set may have been about some of its machines only: the log does not say which. */
  readonly about: 'machine' | 'scale-set';
  /** In lower case: the log writes ids in any case. It names a place, not a machine: the same name may be used again. */
  readonly resourceId: string;
  readonly what: 'deallocated' | 'started' | 'deleted';
  /** When it ended, on the cloud's clock. */
  readonly at: Instant;
  /** In lower case: what the cloud calls the operation, and what its caller called it, where it said. */
  readonly correlationId: string;
  readonly callerId: string | null;
}

/** What the log says of a subscription since an instant; not whole where there was more than was read. */
export type LogReading<T = LoggedOperation> =
  | { readonly kind: 'read'; readonly operations: readonly T[]; readonly isWhole: boolean }
  | { readonly kind: 'unread'; readonly code: string; readonly retryAfterSeconds: number | null };

/** Something was moved out of a resource group; of what, the log does not say. */
export interface LoggedMove {
  /** The resource group that was moved from, as `/subscriptions/…/resourcegroups/…` in lower case. */
  readonly group: string;
  /** When it ended, on the cloud's clock. */
  readonly at: Instant;
}

/** The cloud's activity log. What it does not say proves nothing. */
export abstract class ActivityLog {
  abstract read(subscriptionId: string, since: Instant, purpose?: CallPurpose): Promise<LogReading>;
  /** Moves out of the subscription's groups. */
  abstract readMoves(
    subscriptionId: string,
    since: Instant,
    purpose?: CallPurpose,
  ): Promise<LogReading<LoggedMove>>;
}
