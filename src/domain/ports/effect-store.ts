import type { Effect, EffectType } from '../effects.js';
import type { Instant } from '../instants.js';

/**
 * The right to carry out one effect for a while. Its token fences every database write; `isHeld` compares a
 * monotonic clock with the lease's end and is asked right before every call that cannot be taken back (I8).
 */
export interface EffectLease {
  readonly effectId: string;
  readonly token: string;
  isHeld(): boolean;
}

/** A worker's lease was taken over while it worked: its writes are refused, and it stops without a word. */
export class LeaseLost extends Error {
  constructor() {
    super('the lease of this effect was lost');
    this.name = 'LeaseLost';
  }
}

export type EffectState = 'pending' | 'dispatched' | 'done' | 'dead';

/** One effect as the outbox keeps it. */
export interface StoredEffect {
  readonly id: string;
  readonly effect: Effect;
  readonly state: EffectState;
  readonly epoch: number;
  readonly attempts: number;
  readonly losses: number;
  readonly dueAt: Instant;
  readonly createdAt: Instant;
  readonly lastError: string | null;
}

/** How a carried-out effect ends: for good, or to come back at an instant of our clock. */
export type Settlement = { readonly kind: 'done' } | { readonly kind: 'again'; readonly dueAt: Instant };

export interface EffectStore {
  /** Ends the leased effect of this frame in this commit. An `again` that was asked for meanwhile is due at once. */
  settle(settlement: Settlement): Promise<void>;
  /** Adds effects that no transition asked for. */
  add(effects: readonly Effect[]): Promise<void>;
  find(id: string): Promise<StoredEffect | null>;
  list(filter: {
    readonly state: EffectState | null;
    readonly after: string | null;
    readonly limit: number;
  }): Promise<readonly StoredEffect[]>;
  /** A dead effect becomes pending under a new epoch, its tries counted anew. False when it is not dead. */
  requeue(id: string): Promise<boolean>;
}

/** An effect that the relay claimed for dispatch. */
export interface ClaimedEffect {
  readonly id: string;
  readonly type: EffectType;
  readonly epoch: number;
  /** How many of its tenant and priority are out with it: those of another tenant who has less out come before it. */
  readonly turn: number;
}

/** What a claim took, and what it left. */
export interface Claim extends ReadonlyArray<ClaimedEffect> {
  /** There may be more that can be taken at once. */
  readonly isMore: boolean;
  /** Some tenant has as much out as it may: more of its work can be taken once some of that has ended. */
  readonly isHeldBack: boolean;
}

export interface ClaimOptions {
  readonly passedOver?: readonly EffectType[];
  /** How many effects of one tenant and priority may be out at once; without it as many as there are. */
  readonly mostOfTenant?: number;
}

/** What became of a failed attempt. */
export type FailureOutcome =
  { readonly kind: 'retried'; readonly dueAt: Instant } | { readonly kind: 'dead' };

/**
 * The outbox as the relay, the processor and the sweep see it. Due times compare with our clock (an argument);
 * leases with the database's clock.
 */
export abstract class EffectLedger {
  /**
   * Claims due effects for dispatch, by priority; within one, tenants take turns, each with its oldest (fault F30). One
   * open effect an order key. Marks them dispatched.
   */
  abstract claimDue(limit: number, now: Instant, options?: ClaimOptions): Promise<Claim>;
  /** The queue would not take them: they are pending again under a new epoch, due at `dueAt`. */
  abstract returnToPending(ids: readonly string[], dueAt: Instant): Promise<void>;
  /** Takes the lease of a dispatched effect of this epoch; null when there is nothing (more) to do. */
  abstract takeLease(
    id: string,
    epoch: number,
    leaseMs: number,
  ): Promise<{ readonly effect: StoredEffect; readonly lease: EffectLease } | null>;
  /** Keeps a lease alive; false when it was lost. */
  abstract extendLease(lease: EffectLease, leaseMs: number): Promise<boolean>;
  /** Records a failed attempt under its lease: due again, or dead. False when the lease was lost. */
  abstract recordFailure(lease: EffectLease, error: string, outcome: FailureOutcome): Promise<boolean>;
  /** The attempt was none, and another worker may make it: due again under a new epoch, and not counted. */
  abstract giveBack(lease: EffectLease): Promise<void>;
  /** Draws in what is due later than an effect of its type can wait; how many there were. */
  abstract drawIn(longestMs: Readonly<Record<EffectType, number>>): Promise<number>;
  /**
   * Asks again for what was lost: dispatched and not taken up within `lostAfterMs`, or its lease expired. What was
   * lost `maxLosses` times in a row becomes dead instead (a poison job, fault F14); those are answered.
   */
  abstract sweepLost(
    now: Instant,
    lostAfterMs: number,
    maxLosses: number,
  ): Promise<{ readonly again: number; readonly dead: readonly StoredEffect[] }>;
  /** Calls back when this process committed effects that may be due; returns the way to stop. Others are found by looking. */
  abstract onCommitted(wake: () => void): () => void;
}
