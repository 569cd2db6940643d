import type { Instant } from '../instants.js';
import { isOpen } from './next-step.js';
import type { PowerOperation } from './power-operation.js';
import type { StepResult } from './step.js';

/** What an answer about an operation of another step leaves: that operation as it is now, and when to come back. */
export interface LeftBehind {
  readonly operation: PowerOperation;
  readonly againInMs: number;
}

/** While it is under way nothing else is given to its machine (I8). */
const stillUnderWayMs = 15_000;

/**
 * An operation that nobody asks after any more (its step was given up, or its machine was gone for a while) is asked after
 * by whoever wants the next one of its machine. It ends as the cloud says; one that left no trace is not given again, and
 * nothing is concluded from it: what the machine does is for the next look to say.
 */
export function afterLeftBehind(result: StepResult, now: Instant): LeftBehind {
  const { operation, againInMs, resend } = result;
  if (resend === true) return { operation: { ...operation, state: 'abandoned', endedAt: now }, againInMs: 0 };
  return { operation, againInMs: isOpen(operation) ? Math.max(againInMs ?? 0, stillUnderWayMs) : 0 };
}
