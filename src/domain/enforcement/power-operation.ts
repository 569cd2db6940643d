import type { Instant } from '../instants.js';
import type { Restart } from './restart.js';

/**
 * One of our power operations on a machine. It is written before the call (`intended`), so that a worker that died
 * in between is known to have perhaps called; then with the cloud's operation to follow (`sent`), then ended.
 */
export interface PowerOperation {
  readonly id: string;
  readonly restartId: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly vmId: string;
  readonly kind: 'deallocate' | 'start';
  readonly state: 'intended' | 'sent' | 'succeeded' | 'failed' | 'abandoned';
  /** The signed URL to follow, host-pinned; null where the cloud gave none or the answer was lost. Never logged. */
  readonly operationUrl: string | null;
  /** What the cloud calls this operation in its log; null where the answer was lost. It was sent our id as well. */
  readonly correlationId: string | null;
  readonly intendedAt: Instant;
  readonly sentAt: Instant | null;
  /** On the cloud's clock where the cloud said it. */
  readonly endedAt: Instant | null;
  /** How often this operation was asked after: its back-off grows with it. */
  readonly polls: number;
  /** Which try of this kind it is for its restart, from 1: later tries wait longer. */
  readonly attempt: number;
  readonly errorCode: string | null;
}

/** The code of one that the cloud may have taken, and did not end before its deadline. */
export const operationWithoutEnd = 'operation-without-end';

/** The code of a stop after which its machine was seen running: whatever is done to the machine since, it is not that stop. */
export const cameToNothing = 'came-to-nothing';

/**
 * The intent of an operation, to be written before its call. A try that follows one that came to nothing counts on, unless
 * that one was withdrawn before it was given.
 */
export function intentOf(
  { id: restartId, subscriptionId, tenantId, vmId }: Restart,
  last: PowerOperation | null,
  { kind, id, now }: { readonly kind: PowerOperation['kind']; readonly id: string; readonly now: Instant },
): PowerOperation {
  const wasGivenUp = last?.state === 'abandoned' && last.errorCode === operationWithoutEnd;
  const tries = last?.state === 'failed' || wasGivenUp ? last.attempt : 0;
  return {
    id,
    restartId,
    subscriptionId,
    tenantId,
    vmId,
    kind,
    state: 'intended',
    operationUrl: null,
    correlationId: null,
    intendedAt: now,
    sentAt: null,
    endedAt: null,
    polls: 0,
    attempt: tries + 1,
    errorCode: null,
  };
}
