import { longestWaits } from './longest-waits.js';
import type { AttendTheUnattended } from '../application/attend-the-unattended.js';
import type { EndOverdue } from '../application/end-overdue.js';
import type { RecordEffectFailure } from '../application/record-effect-failure.js';
import type { SequenceAudit } from '../application/sequence-audit.js';
import type { WatchEndedGates } from '../application/watch-ended-gates.js';
import type { Clock } from '../domain/ports/clock.js';
import type { EffectLedger } from '../domain/ports/effect-store.js';
import type { ExclusiveWork, Housekeeping } from '../domain/ports/exclusive-work.js';

/** An effect whose worker was lost three times in a row is poison, and set aside (fault F14). */
const mostLosses = 3;

/** At the default of a sweep every 5 s: once in 5 minutes. */
const sweepsAPurge = 60;

/** Once in an hour, and with a worker's first sweep: audit entries of any age are looked for, not the recent ones only. */
const sweepsAWholeAudit = 720;

export interface SweeperOptions {
  readonly ledger: EffectLedger;
  readonly clock: Clock;
  readonly exclusive: ExclusiveWork;
  readonly housekeeping: Housekeeping;
  readonly failures: Pick<RecordEffectFailure, 'run'>;
  readonly overdue: Pick<EndOverdue, 'run'>;
  readonly unattended: Pick<AttendTheUnattended, 'run'>;
  readonly endedGates: Pick<WatchEndedGates, 'run'>;
  readonly audit: Pick<SequenceAudit, 'run'>;
  /** Looks whether this process's clock is right. */
  readonly mayWork: () => Promise<boolean>;
  readonly everyMs: number;
  readonly lostAfterMs: number;
  readonly onError: (error: unknown) => void;
}

/** Looks after what fell through, every few seconds, in one worker at a time: nothing due stays without an owner (I13). */
export class Sweeper {
  private timer: NodeJS.Timeout | null = null;
  private sweeping: Promise<void> | null = null;
  private purging: Promise<void> | null = null;
  private isStopping = false;
  private watching: Promise<unknown> | null = null;
  private sweeps = 0;

  constructor(private readonly options: SweeperOptions) {}

  start(): void {
    this.timer = setInterval(() => {
      // A sweep that takes longer than the time between two is not followed by a crowd of others.
      this.sweeping ??= this.sweep()
        .catch(this.options.onError)
        .finally(() => (this.sweeping = null));
    }, this.options.everyMs);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.timer !== null) clearInterval(this.timer);
    await this.sweeping;
    await this.purging;
    await this.watching;
  }

  /** One sweep, unless another worker is at it. Each part of it is done, whatever became of the others. */
  async sweep(): Promise<void> {
    const { exclusive, overdue, unattended, audit, mayWork, onError } = this.options;
    if (!(await mayWork())) return;
    await exclusive.tryRun('postern-sweep', async () => {
      await this.askAgain().catch(onError);
      await overdue.run().catch(onError);
      await unattended.run().catch(onError);
      this.watch();
      this.sweeps += 1;
      await audit.run(this.sweeps % sweepsAWholeAudit === 1 ? 'all' : 'recent').catch(onError);
      if (this.sweeps % sweepsAPurge !== 1) return;
      // Beside the sweeps: what was left behind by a busy day takes longer than the time between two.
      this.purging ??= this.purge()
        .catch(onError)
        .finally(() => (this.purging = null));
    });
  }

  /** Until nothing is old, some thousands of rows at a time, by one worker. */
  private async purge(): Promise<void> {
    const { exclusive, housekeeping } = this.options;
    let isMore = false;
    do {
      const purged = await exclusive.tryRun('postern-purge', () => housekeeping.purge());
      isMore = purged?.isMore === true;
    } while (isMore && !this.isStopping);
  }

  /** Beside the sweep: a gate that does not answer takes its ten seconds, and nothing else waits for them. */
  private watch(): void {
    const { endedGates, onError } = this.options;
    this.watching ??= endedGates
      .run()
      .catch(onError)
      .finally(() => (this.watching = null));
  }

  private async askAgain(): Promise<void> {
    const { ledger, clock, failures, lostAfterMs, onError } = this.options;
    await ledger.drawIn(longestWaits);
    const { dead } = await ledger.sweepLost(clock.now(), lostAfterMs, mostLosses);
    for (const effect of dead) await failures.run(effect).catch(onError);
  }
}
