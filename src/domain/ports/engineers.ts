import type { Blocker } from '../enforcement/restart.js';

/** A call for a support engineer: what for, in their words, and the machines by name and id. No personal data. */
export interface EngineerCall {
  readonly exemptionId: string;
  readonly subscriptionId: string;
  readonly need: Blocker;
  /** The cause, as rows and metrics have it. */
  readonly cause: string;
  /** How many machines, and the first of them. */
  readonly count: number;
  readonly machines: readonly { readonly name: string; readonly vmId: string }[];
  /** Where to read and what to do, as paths of the API. */
  readonly steps: readonly string[];
  /** Stable for the same call, so that a repeated one is recognised. */
  readonly key: string;
}

/** Where support engineers are reached at once: by mail where there is an address, else by the log that somebody watches. */
export abstract class Engineers {
  /** Throws when they cannot be reached now (retryable). */
  abstract call(call: EngineerCall): Promise<void>;
  /** Says in the log that a call was given up: a line is always written, so that nobody is uncalled in silence. */
  abstract giveUp(call: EngineerCall): void;
}
