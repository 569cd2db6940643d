import { Injectable } from '@nestjs/common';
import { WatchEndedGates } from '../application/watch-ended-gates.js';
import { AttendTheUnattended } from '../application/attend-the-unattended.js';
import { EndOverdue } from '../application/end-overdue.js';
import { RecordEffectFailure } from '../application/record-effect-failure.js';
import { SequenceAudit } from '../application/sequence-audit.js';
import { Clock } from '../domain/ports/clock.js';
import { ClockWatch, type ClockReading } from '../domain/ports/clock-watch.js';
import { EffectLedger, type Claim } from '../domain/ports/effect-store.js';
import { ExclusiveWork, Housekeeping } from '../domain/ports/exclusive-work.js';
import { ClockGuard } from './clock-guard.js';
import { EffectProcessor } from './effect.processor.js';
import { EffectRelay } from './effect-relay.js';
import { JobRegistry } from './job-registry.js';
import {
  queueBackend,
  type JobQueue,
  type JobWorker,
  type QueueBackend,
  type QueueBackendOptions,
} from './queue-backend.js';
import { openedBy, queuesOf, type Lane } from './lanes.js';
import { concurrency, type QueueName } from './queues.js';
import { Sweeper } from './sweeper.js';

/** How long queue connections may take to say goodbye once no job is under way. */
const bookkeepingMs = 2_000;

/** Thrown where the queue answers and would lose jobs by its configuration: trying again does not mend it. */
export class UnsafeQueue extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsafeQueue';
  }
}

/** What failed: a part of the ring by its name, or one effect. */
export interface FailedAt {
  readonly where: string;
  readonly effectId?: string;
  /** Which try of it this was. */
  readonly attempt?: number;
}

export interface JobRunnerOptions {
  /** What this process carries out; relay and sweep run beside enforcement, and nowhere else. */
  readonly lane: Lane;
  readonly backend: QueueBackendOptions;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly lostAfterMs: number;
  readonly sweepEveryMs: number;
  /** What to do about a queue that would lose jobs by its configuration: production refuses to run on it. */
  readonly unsafeQueue: 'warn' | 'refuse';
  readonly onError: (where: FailedAt, error: unknown) => void;
  readonly onWarning: (warning: string) => void;
  /** This process's clock went wrong, so that it does nothing; or it is right again. */
  readonly onClock: (reading: ClockReading) => void;
}

/** The verbs that look after work which fell through. */
@Injectable()
export class Afterwork {
  constructor(
    readonly failures: RecordEffectFailure,
    readonly overdue: EndOverdue,
    readonly unattended: AttendTheUnattended,
    readonly endedGates: WatchEndedGates,
    readonly audit: SequenceAudit,
    readonly housekeeping: Housekeeping,
  ) {}
}

const nothingDue: Claim = Object.assign([], { isMore: false, isHeldBack: false });

type QueueSet = Readonly<Record<QueueName, JobQueue>>;

/** Relay, workers and sweep of one worker process, started together and drained together. */
@Injectable()
export class JobRunner {
  private queues: ReadonlyMap<QueueName, JobQueue> | null = null;
  private workers: readonly JobWorker[] = [];
  private processor: EffectProcessor | null = null;
  private relay: EffectRelay | null = null;
  private sweeper: Sweeper | null = null;
  private guard: ClockGuard | null = null;

  constructor(
    private readonly ledger: EffectLedger,
    private readonly clock: Clock,
    private readonly registry: JobRegistry,
    private readonly afterwork: Afterwork,
    private readonly exclusive: ExclusiveWork,
    private readonly clocks: ClockWatch,
  ) {}

  /** Throws when the queue backend does not answer; what was opened until then is closed, so that it may be called again. */
  async start(options: JobRunnerOptions): Promise<void> {
    const backend = queueBackend(options.backend);
    const warnings = await backend.warnings();
    if (warnings.length > 0 && options.unsafeQueue === 'refuse') throw new UnsafeQueue(warnings.join('; '));
    for (const warning of warnings) options.onWarning(warning);
    const queues = await openedQueues(backend, openedBy(options.lane));
    const guard = (this.guard = this.guardOf(options));
    const processor = (this.processor = new EffectProcessor({
      mayWork: () => guard.look(),
      ledger: this.ledger,
      clock: this.clock,
      leaseMs: options.leaseMs,
      carryOut: (effect, lease) => this.registry.carryOut(effect, lease),
      failures: this.afterwork.failures,
      onError: (error, { id, effect, attempts }) =>
        options.onError({ where: effect.type, effectId: id, attempt: attempts + 1 }, error),
    }));
    const open = (name: QueueName) =>
      backend.openWorker(
        name,
        concurrency[name],
        (data) => processor.run(data),
        (error) => options.onError({ where: `queue ${name}` }, error),
      );
    try {
      this.workers = await allOpened(queuesOf(options.lane).map(open));
      await guard.start();
    } catch (error) {
      guard.stop();
      await closedSoon([...this.workers, ...queues.values()]);
      this.workers = [];
      throw error;
    }
    this.queues = queues;
    if (options.lane === 'enforcement') this.startLoops(Object.fromEntries(queues) as QueueSet, options);
  }

  /** Jobs waiting in each queue; null when the queue does not say so within a second. */
  async depths(): Promise<Readonly<Record<string, number>> | null> {
    const { queues } = this;
    if (queues === null) return null;
    const counting = Promise.all(
      [...queues].map(async ([name, queue]) => [name, await queue.count()] as const),
    ).then(Object.fromEntries<number>, () => null);
    return inTime(counting, 1_000, null);
  }

  /** Takes no more, lets what runs end, and closes; what does not end in time is asked again by the sweep elsewhere. */
  async stop(withinMs: number): Promise<void> {
    await inTime(this.drain(), withinMs, undefined);
  }

  private startLoops(queues: QueueSet, options: JobRunnerOptions): void {
    const { ledger, clock } = this;
    this.relay = new EffectRelay({
      ledger: this.claimingOnlyInTime(ledger),
      clock,
      queues,
      pollMs: options.pollMs,
      onError: (error) => options.onError({ where: 'relay' }, error),
    });
    this.relay.start();
    this.sweeper = new Sweeper({
      ledger,
      clock,
      mayWork: () => this.guard?.look() ?? Promise.resolve(true),
      exclusive: this.exclusive,
      housekeeping: this.afterwork.housekeeping,
      failures: this.afterwork.failures,
      overdue: this.afterwork.overdue,
      unattended: this.afterwork.unattended,
      endedGates: this.afterwork.endedGates,
      audit: this.afterwork.audit,
      everyMs: options.sweepEveryMs,
      lostAfterMs: options.lostAfterMs,
      onError: (error) => options.onError({ where: 'sweep' }, error),
    });
    this.sweeper.start();
  }

  /** The relay finds nothing due while the clock is wrong: due times are compared with it. */
  private claimingOnlyInTime(ledger: EffectLedger): EffectLedger {
    const claimDue: EffectLedger['claimDue'] = async (...args) =>
      this.clocks.last().isAstray ? nothingDue : ledger.claimDue(...args);
    return Object.assign(Object.create(ledger) as EffectLedger, { claimDue });
  }

  private guardOf(options: JobRunnerOptions): ClockGuard {
    return new ClockGuard({
      clocks: this.clocks,
      everyMs: options.sweepEveryMs,
      halt: () => {
        for (const worker of this.workers) worker.halt();
      },
      resume: () => {
        for (const worker of this.workers) worker.resume();
      },
      onTurn: options.onClock,
      onError: (error) => options.onError({ where: 'clock' }, error),
    });
  }

  private async drain(): Promise<void> {
    this.guard?.stop();
    // The workers first: relay and sweep may be waiting for the database, and meanwhile nothing more is begun.
    const closing = Promise.allSettled(this.workers.map((worker) => worker.close()));
    await Promise.all([this.sweeper?.stop(), this.relay?.stop()]);
    // The queue's own bookkeeping may take for ever when its server is away, and nothing is lost without it.
    await this.processor?.idle();
    await inTime(closing, bookkeepingMs, []);
    await closedSoon([...(this.queues?.values() ?? [])]);
  }
}

interface Closable {
  close(force?: boolean): Promise<void>;
}

async function openedQueues(
  backend: QueueBackend,
  names: readonly QueueName[],
): Promise<ReadonlyMap<QueueName, JobQueue>> {
  const open = async (name: QueueName) => {
    const queue = await backend.openQueue(name);
    return { name, queue, close: () => queue.close() };
  };
  const opened = await allOpened(names.map(open));
  return new Map(opened.map(({ name, queue }) => [name, queue]));
}

/** All of them, or none: where one cannot be opened, the others are closed again before this rejects. */
async function allOpened<T extends Closable>(opening: readonly Promise<T>[]): Promise<readonly T[]> {
  const outcomes = await Promise.allSettled(opening);
  const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return opened;
  await closedSoon(opened);
  throw failed.reason;
}

async function closedSoon(opened: readonly Closable[]): Promise<void> {
  await inTime(Promise.allSettled(opened.map((one) => one.close())), bookkeepingMs, []);
}

/** What a promise that never rejects comes to, or `otherwise` where that takes longer. */
async function inTime<T>(promise: Promise<T>, ms: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
