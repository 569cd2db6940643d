import type { Instant } from '../instants.js';
import type { PowerState } from '../ports/compute-control-plane.js';
import type { PowerOperation } from './power-operation.js';
import type { RestartEvent } from './restart-events.js';
import type { FoundAs } from './restart.js';

/**
 * One step of one machine's cycle: look at what is recorded, do one thing, record it, come back. Safe to repeat at
 * any point, because the intent is recorded before the call and a lost answer is never guessed at: we look first.
 */
export type Step =
  | { readonly do: 'nothing' }
  /** Write the intent, then call. `again` is the same operation, whose call was not received. */
  | {
      readonly do: 'send';
      readonly kind: PowerOperation['kind'];
      readonly again: PowerOperation | null;
      /** What a machine that is about to be stopped turns out to be; null where it is what it was found as. */
      readonly found: FoundAs | null;
    }
  /** It lost its host before we could stop it: its owner's will. */
  | { readonly do: 'leave-to-owner' }
  /** The plan was interrupted before the cloud took the stop: it waits again, and nobody was stopped. */
  | { readonly do: 'hold-back' }
  /** `isLate`: it has lasted longer than an operation may, and what the cloud answers now is the last word on it. */
  | {
      readonly do: 'poll';
      readonly operation: PowerOperation;
      readonly url: string;
      readonly isLate: boolean;
    }
  | { readonly do: 'look'; readonly operation: PowerOperation; readonly isLate: boolean }
  | { readonly do: 'say-running' };

/** What an operation's end, or a look, shows of a machine. */
export interface Seen {
  readonly powerState: PowerState;
  readonly proof: 'operation' | 'look';
  readonly at: Instant;
  /** When the question was sent, on our clock: what a look shows was so then or later. */
  readonly lookedAt: Instant;
}

/** What a step led to: the operation as it is now, what happened to the machine, and when to come back. */
export interface StepResult {
  readonly operation: PowerOperation;
  readonly event: RestartEvent | null;
  /** What the answer shows of the machine, for the fold over its evidence; null where it shows nothing. */
  readonly seen: Seen | null;
  /** What a look shows of it after that, where the operation's end is old news by now. */
  readonly since?: Seen;
  /** Milliseconds until the next step; null when the effect is over unless the state goes on. */
  readonly againInMs: number | null;
  /** True where the call was not received: it is made again in the same step. */
  readonly resend?: true;
  /** True where the cloud did not answer, or was not even asked: that says nothing of the operation. */
  readonly isUnanswered?: true;
}
