import type { Happening } from './journal.js';
import type { EmulatedMachine, PowerAction, PowerState } from './machine.js';
import type { EmulatedSubscription } from './subscription.js';

/** A long-running operation. It ends by the clock; `endsAtMs` is infinite for one that a fault keeps from ending. */
export interface Operation {
  readonly id: string;
  readonly action: PowerAction;
  /** A deallocate that keeps the memory. */
  readonly hibernates: boolean;
  readonly subscription: EmulatedSubscription;
  readonly machine: EmulatedMachine;
  /** What the journal knows of it; null where another operation stands for it. */
  readonly happening: Happening | null;
  readonly startedAtMs: number;
  /** Where the machine goes back to when the operation fails. */
  readonly powerStateBefore: PowerState;
  endsAtMs: number;
  failsWith: { readonly code: string; readonly message: string } | null;
  /** The fault that keeps it from ending; null for one that ends by itself. */
  readonly heldBy: string | null;
  /** Asked for later, it answers 404. */
  readonly forgotten: boolean;
  status: 'InProgress' | 'Succeeded' | 'Failed';
}

/** What a fault changes about an operation that begins. */
export interface OperationTwist {
  readonly heldBy: string | null;
  readonly failsWith: string | null;
  readonly forgotten: boolean;
}

export const untwisted: OperationTwist = { heldBy: null, failsWith: null, forgotten: false };
