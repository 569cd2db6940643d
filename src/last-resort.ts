import { describeFailure, type DescribedFailure } from './domain/described-failure.js';

/** The exit code of a process that ended by a failure which nothing caught (EX_SOFTWARE of sysexits.h). */
export const uncaughtExit = 70;

export interface UncaughtFailure extends DescribedFailure {
  readonly kind: 'uncaughtException' | 'unhandledRejection';
}

export interface ProcessEnd {
  /** Writes what may be told of it: never the failure's own words. */
  readonly tell: (failure: UncaughtFailure) => void;
  /** How long draining may take at most, in milliseconds. */
  readonly withinMs: number;
}

/**
 * The end of a process: by a signal it drains and ends with 0; by a failure that nothing caught it says which, drains, and
 * ends with `uncaughtExit`, because nobody knows what else is broken by then. Whoever supervises it starts it again.
 */
export class LastResort {
  private drain: () => Promise<void> = () => Promise.resolve();
  private ending: Promise<void> | null = null;
  private code = 0;

  constructor(private readonly end: ProcessEnd) {
    process.on('uncaughtException', (error) => this.uncaught('uncaughtException', error));
    process.on('unhandledRejection', (error) => this.uncaught('unhandledRejection', error));
  }

  /** What is done before the process ends, from now on. */
  drainBy(drain: () => Promise<void>): void {
    this.drain = drain;
  }

  /** Drains and ends the process, once; the largest code that was asked for is its own. */
  stop(code = 0): void {
    this.code = Math.max(this.code, code);
    if (this.ending !== null) return;
    setTimeout(() => process.exit(this.code), this.end.withinMs).unref();
    this.ending = this.drain().then(
      () => process.exit(this.code),
      (error: unknown) => {
        this.uncaught('unhandledRejection', error);
        process.exit(this.code);
      },
    );
  }

  private uncaught(kind: UncaughtFailure['kind'], error: unknown): void {
    this.end.tell({ kind, ...describeFailure(error) });
    this.stop(uncaughtExit);
  }
}
