import { addMilliseconds } from '../domain/instants.js';
import type { Clock } from '../domain/ports/clock.js';
import type { ClaimedEffect, EffectLedger } from '../domain/ports/effect-store.js';
import { effectPriority } from '../domain/effects.js';
import type { JobQueue } from './queue-backend.js';
import { effectTypes, jobIdOf, queueNames, queueOf, type QueueName } from './queues.js';

const batch = 200;

/**
 * A queue in which so many jobs wait is given no more until it is emptier: what is due waits in the outbox, which is made
 * for it. A job that waited in a queue for longer than a minute would be taken for lost, and asked for again.
 */
const mostWaiting = 500;
/**
 * So many of one tenant and priority are out at once: whoever comes later finds room in the queue, however much of that
 * tenant's work is due (fault F30).
 */
const mostOfTenant = 300;
/** Within a priority turns count up to here; there are never so many out. */
const turnsOfPriority = 1_000;
/** While a queue is full, or some tenant has its share, it is looked at so often, in milliseconds. */
const fullPauseMs = 100;

/** Between two looks while the queue takes nothing: 0.25, 0.5, 1, 2, 4, then 5 seconds. */
const longestPauseMs = 5_000;

export interface RelayOptions {
  readonly ledger: EffectLedger;
  readonly clock: Clock;
  readonly queues: Readonly<Record<QueueName, JobQueue>>;
  /** The longest nap between two looks, in milliseconds. */
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
}

interface Dispatched {
  readonly isMore: boolean;
  readonly isFull: boolean;
  readonly pauseMs: number;
}

/**
 * Takes committed effects that are due to the queue, and is the only file that enqueues (house rule). It wakes at once
 * for what was committed in this process, and otherwise looks every `pollMs`. What a queue does not take goes back into
 * the outbox under a new epoch, so that a job which was taken after all, and only its answer lost, is silence.
 */
export class EffectRelay {
  private running: Promise<void> | null = null;
  private stopped = false;
  private wake: () => void = () => undefined;
  private woken = false;
  private readonly failures = new Map<QueueName, number>();
  /** There was more due than one look takes: queues may be filling. */
  private isCrowded = false;
  private stopListening: () => void = () => undefined;

  constructor(private readonly options: RelayOptions) {}

  start(): void {
    this.stopListening = this.options.ledger.onCommitted(() => this.ring());
    // A relay that ended by itself would leave all work undispatched (I13): then the process ends, and is started again.
    this.running = this.loop().catch((error: unknown) => {
      queueMicrotask(() => {
        throw error;
      });
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.stopListening();
    this.ring();
    await this.running;
  }

  /**
   * One look: dispatches what is due. Says whether there may be more, whether a queue was full or some tenant has as much
   * out as it may, and how long a queue that refused is left alone.
   */
  async dispatchDue(): Promise<Dispatched> {
    const full = this.isCrowded ? await this.fullQueues() : [];
    const passedOver = effectTypes.filter((type) => full.includes(queueOf[type]));
    const now = this.options.clock.now();
    const claimed = await this.options.ledger.claimDue(batch, now, { passedOver, mostOfTenant });
    const isFull = full.length > 0 || claimed.isHeldBack;
    this.isCrowded = claimed.isMore || isFull;
    const pauses = await Promise.all(
      queueNames.map((name) =>
        this.enqueue(
          name,
          claimed.filter((effect) => queueOf[effect.type] === name),
        ),
      ),
    );
    return { isMore: claimed.isMore, isFull, pauseMs: Math.max(...pauses) };
  }

  private async fullQueues(): Promise<readonly QueueName[]> {
    const { queues } = this.options;
    // A queue that does not say how full it is will say why when it is given something.
    const counts = await Promise.all(queueNames.map((name) => queues[name].count().catch(() => 0)));
    return queueNames.filter((_name, index) => (counts[index] ?? 0) >= mostWaiting);
  }

  private async enqueue(name: QueueName, effects: readonly ClaimedEffect[]): Promise<number> {
    if (effects.length === 0) return 0;
    try {
      await this.options.queues[name].addBulk(
        effects.map(({ id, type, epoch, turn }) => ({
          name: type,
          data: { effectId: id, epoch },
          opts: {
            jobId: jobIdOf(type, id, epoch),
            // In the queue tenants take turns as well: one job of somebody comes before the second of everybody else.
            priority: effectPriority[type] * turnsOfPriority + Math.min(turn, turnsOfPriority - 1),
          },
        })),
      );
      this.failures.delete(name);
      return 0;
    } catch (error) {
      const failures = (this.failures.get(name) ?? 0) + 1;
      this.failures.set(name, failures);
      const pauseMs = Math.min(longestPauseMs, 125 * 2 ** Math.min(failures, 6));
      const ids = effects.map((effect) => effect.id);
      await this.options.ledger.returnToPending(ids, addMilliseconds(this.options.clock.now(), pauseMs));
      this.options.onError(error);
      return pauseMs;
    }
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      const { isMore, isFull, pauseMs } = await this.dispatchDue().catch((error: unknown) => {
        this.options.onError(error);
        return { isMore: false, isFull: false, pauseMs: 0 };
      });
      // A full outbox is not carried around in circles while the queue is away; its other queues lie on the same server.
      if (pauseMs > 0) await this.nap(pauseMs, 'whatever is committed');
      else if (!isMore) {
        const { pollMs } = this.options;
        await this.nap(isFull ? Math.min(fullPauseMs, pollMs) : pollMs, 'until something is');
      }
    }
  }

  private ring(): void {
    this.woken = true;
    this.wake();
  }

  private async nap(ms: number, manner: 'whatever is committed' | 'until something is'): Promise<void> {
    const mayWake = () => this.stopped || (this.woken && manner === 'until something is');
    if (!mayWake()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          if (!mayWake()) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.woken = false;
  }
}
