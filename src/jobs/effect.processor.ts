import { UnrecoverableError } from 'bullmq';
import type { RecordEffectFailure } from '../application/record-effect-failure.js';
import { addMilliseconds } from '../domain/instants.js';
import { shortName } from '../domain/described-failure.js';
import type { Clock } from '../domain/ports/clock.js';
import {
  LeaseLost,
  type EffectLedger,
  type EffectLease,
  type FailureOutcome,
  type StoredEffect,
} from '../domain/ports/effect-store.js';
import { ClockAstray } from '../domain/ports/unit-of-work.js';
import type { Effect } from '../domain/effects.js';
import type { JobData } from './queues.js';

/** 8 attempts, 8, 16, 32 … 512 seconds apart, each a quarter more or less: about 17 minutes until it is given up. */
const mostAttempts = 8;
const firstWaitMs = 8_000;

export interface ProcessorOptions {
  readonly ledger: EffectLedger;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly carryOut: (effect: Effect, lease: EffectLease) => Promise<void>;
  readonly failures: Pick<RecordEffectFailure, 'run'>;
  /** Looks whether this process's clock is right. */
  readonly mayWork: () => Promise<boolean>;
  readonly onError: (error: unknown, effect: StoredEffect) => void;
}

/**
 * Carries out one job: takes the effect's lease, keeps it alive while its verb runs, and settles what went wrong. A job
 * that was delivered twice, or too late, finds no lease to take and is silence.
 */
export class EffectProcessor {
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly options: ProcessorOptions) {}

  /** Rejects when the attempt failed, so that the queue shows it too; what follows from that is in the outbox by then. */
  async run(job: JobData): Promise<void> {
    const running = this.attempt(job);
    this.running.add(running);
    try {
      await running;
    } finally {
      this.running.delete(running);
    }
  }

  /** Resolves when nothing that has begun is under way any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private async attempt({ effectId, epoch }: JobData): Promise<void> {
    const { ledger, leaseMs, carryOut } = this.options;
    const taken = await ledger.takeLease(effectId, epoch, leaseMs);
    if (taken === null) return;
    const heartbeat = this.keepAlive(taken.lease);
    try {
      await carryOut(taken.effect.effect, taken.lease);
    } catch (error) {
      await this.failed(taken.effect, taken.lease, error);
    } finally {
      clearInterval(heartbeat);
    }
  }

  private keepAlive(lease: EffectLease): NodeJS.Timeout {
    const { ledger, leaseMs } = this.options;
    return setInterval(() => {
      ledger.extendLease(lease, leaseMs).catch(() => undefined); // the next beat tries again; without one it runs out
    }, leaseMs / 3).unref();
  }

  /** The one place where a failure is judged: lost, to be tried again, or given up. */
  private async failed(effect: StoredEffect, lease: EffectLease, error: unknown): Promise<void> {
    if (error instanceof LeaseLost) return;
    const { ledger, failures, onError } = this.options;
    // Whatever else went wrong went wrong at a wrong time: it is no attempt, and another worker makes it (F29).
    if (error instanceof ClockAstray || !(await this.options.mayWork())) return ledger.giveBack(lease);
    onError(error, effect);
    const outcome = this.outcomeOf(effect, error);
    const recorded = await ledger.recordFailure(lease, shortName(error), outcome);
    if (!recorded) return;
    if (outcome.kind === 'dead') {
      await failures.run(effect);
      throw new UnrecoverableError(shortName(error));
    }
    throw new Error(shortName(error));
  }

  private outcomeOf(effect: StoredEffect, error: unknown): FailureOutcome {
    if (effect.attempts + 1 >= mostAttempts || isPermanent(error)) return { kind: 'dead' };
    const waitMs = firstWaitMs * 2 ** effect.attempts * (0.75 + Math.random() / 2);
    return { kind: 'retried', dueAt: addMilliseconds(this.options.clock.now(), waitMs) };
  }
}

/** A defect of ours will not go away by trying; everything unknown may: `fetch` says TypeError of a broken network. */
function isPermanent(error: unknown): boolean {
  const isDefect = error instanceof TypeError || error instanceof RangeError;
  return isDefect && error.cause === undefined;
}
