import { addMilliseconds } from '../domain/instants.js';
import type { Clock } from '../domain/ports/clock.js';
import type { ClaimedEffect, EffectLedger } from '../domain/ports/effect-store.js';
import { effectPriority } from '../domain/effects.js';
import type { JobQueue } from './queue-backend.js';
import { jobIdOf, queueNames, queueOf, type QueueName } from './queues.js';

const batch = 200;

export interface RelayOptions {
  readonly ledger: EffectLedger;
  readonly clock: Clock;
  readonly queues: Readonly<Record<QueueName, JobQueue>>;
  /** The longest nap between two looks, in milliseconds. */
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Takes committed effects that are due to the queue, and is the only file that enqueues (house rule). It wakes at once
 * for what was committed in this process, and otherwise looks a few times a second. A queue that does not answer gets
 * its effects back into the outbox, and keeps no other waiting.
 */
export class EffectRelay {
  private running: Promise<void> | null = null;
  private stopped = false;
  private wake: () => void = () => undefined;
  private woken = false;
  private failures = 0;
  private stopListening: () => Promise<void> = () => Promise.resolve();

  constructor(private readonly options: RelayOptions) {}

  async start(): Promise<void> {
    this.stopListening = await this.options.ledger.onCommitted(() => this.ring());
    this.running = this.loop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.stopListening();
    this.ring();
    await this.running;
  }

  /** One look: dispatches what is due; how many effects that were. */
  async dispatchDue(): Promise<number> {
    const claimed = await this.options.ledger.claimDue(batch, this.options.clock.now());
    await Promise.all(
      queueNames.map((name) =>
        this.enqueue(
          name,
          claimed.filter((effect) => queueOf[effect.type] === name),
        ),
      ),
    );
    return claimed.length;
  }

  private async enqueue(name: QueueName, effects: readonly ClaimedEffect[]): Promise<void> {
    if (effects.length === 0) return;
    try {
      await this.options.queues[name].addBulk(
        effects.map(({ id, type, epoch }) => ({
          name: type,
          data: { effectId: id, epoch },
          opts: {
            jobId: jobIdOf(type, id, epoch),
            ...(effectPriority[type] === 0 ? {} : { priority: effectPriority[type] }),
          },
        })),
      );
      this.failures = 0;
    } catch (error) {
      // Waits 0.25, 0.5, 1, 2, then 5 seconds apart while the queue is away.
      this.failures += 1;
      const waitMs = Math.min(5_000, 125 * 2 ** Math.min(this.failures, 6));
      const ids = effects.map((effect) => effect.id);
      await this.options.ledger.returnToPending(ids, addMilliseconds(this.options.clock.now(), waitMs));
      this.options.onError(error);
    }
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      const dispatched = await this.dispatchDue().catch((error: unknown) => {
        this.options.onError(error);
        return 0;
      });
      if (dispatched < batch) await this.nap();
    }
  }

  private ring(): void {
    this.woken = true;
    this.wake();
  }

  private async nap(): Promise<void> {
    if (!this.woken && !this.stopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.options.pollMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.woken = false;
  }
}
