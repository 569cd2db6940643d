import type { Caller } from '../domain/access/actor.js';
import type { IdempotencyRequest } from '../domain/ports/unit-of-work.js';
import { preconditionRequired, stale } from '../domain/refusals.js';

/** One call from outside, as a verb takes it: who, under which trace, and what they hold the resource to be. */
export interface Call {
  readonly actor: Caller;
  readonly traceId: string | null;
  readonly idempotency?: IdempotencyRequest | undefined;
  /** The version in `If-Match`; null where it was not sent. */
  readonly ifMatch: number | null;
}

/** Decisions say which version they decide on: 428 when they do not, 412 when it is not the present one. */
export function versionMustMatch(call: Call, version: number): void {
  if (call.ifMatch === null) throw preconditionRequired();
  if (call.ifMatch !== version) throw stale();
}
