import { Injectable } from '@nestjs/common';
import pino, { type Logger } from 'pino';
import { describeFailure, type DescribedFailure } from '../domain/described-failure.js';
import { redactedPaths } from '../domain/unlogged-fields.js';

/** What the API logs: one JSON line a request and a failure, by route pattern and class; no body, query or header. */
@Injectable()
export class ApiLog {
  private readonly log: Logger;

  constructor(level: string) {
    this.log = pino({ level, base: { process: 'api' }, redact: redactedPaths });
  }

  request(line: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly ms: number;
    readonly traceId: string;
  }): void {
    this.log.info(line, 'request');
  }

  /** The class and code of a failure, and its stack's places: an error's own text may quote what must not be told. */
  failure(error: unknown, traceId: string): void {
    this.log.error({ ...describeFailure(error), traceId }, 'failure');
  }

  /** A failure that nothing caught: the process drains and ends. */
  uncaught(failure: DescribedFailure): void {
    this.log.fatal(failure, 'a failure that nothing caught: the process drains and ends');
  }

  /** What the process needs was not there when it started. */
  retriedStart(error: unknown): void {
    this.log.warn(describeFailure(error), 'the start is tried again');
  }

  warn(message: string): void {
    this.log.warn(message);
  }

  /** Why somebody was not let in, which the answer tells nobody: support finds it by the trace. */
  unauthorized(reason: string, traceId: string): void {
    this.log.info({ reason, traceId }, 'unauthorized');
  }

  /** The clock of this machine went wrong, so that nothing is answered but 503; or it is right again. */
  clock(isAstray: boolean, aheadMs: number): void {
    if (isAstray)
      this.log.error(
        { aheadMs },
        'the clock of this machine is not the database’s: every call is answered 503 until it is set right',
      );
    else this.log.warn('the clock is right again');
  }

  info(message: string): void {
    this.log.info(message);
  }
}
