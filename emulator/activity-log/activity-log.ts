import type { EmulatorClock } from '../clock.js';
import type { Journal } from '../journal.js';
import { hashOf } from '../varied.js';
import type { LogFilter } from './filter.js';
import { recordsOf, type LogRecord } from './record.js';

/** How the log misbehaves, as the real one does. */
export interface LogManners {
  /** From what happened to when it can be read; in the real cloud 3 to 20 minutes. */
  readonly delayMs: number;
  /** How many times more each record is told. */
  readonly duplicates: number;
  /** Some records are twice as late as others, and a page has no order. */
  readonly shuffle: boolean;
  /** Resource ids come in upper case, in lower case, or as they were written. */
  readonly caseChanges: boolean;
  /**
   * What the log of the subscription that something is moved into tells: `nothing` where it is left out; the `move`, which
   * names the group that was moved from; or that what was moved was `created` there. What the real one tells is not
   * published: that a move is in the log of where it was moved from, and that the new place looks as if the resource were
   * new, is told in https://github.com/MicrosoftDocs/azure-docs/issues/36357 and in "Moving resource in Azure - Activity
   * Log" (2024).
   */
  readonly destinationTells?: 'nothing' | 'move' | 'created';
}

/** Half a second late: a development cloud does not keep anybody waiting. */
export const ordinaryManners: LogManners = {
  delayMs: 500,
  duplicates: 0,
  shuffle: false,
  caseChanges: true,
};

/** A record and when it could first be read. */
export interface VisibleRecord {
  readonly record: LogRecord;
  readonly submittedAtMs: number;
}

/** The journal as the activity log tells it: late, and only as far as it is known by then. */
export class ActivityLog {
  manners: LogManners = ordinaryManners;

  constructor(
    private readonly journal: Journal,
    private readonly clock: EmulatorClock,
  ) {}

  /**
   * What could be read at an instant, the newest first. A reader that pages asks for one and the same instant on every
   * page, so that records that arrive meanwhile move nothing.
   */
  readableAt(subscriptionId: string, instantMs: number, filter: LogFilter): readonly VisibleRecord[] {
    const { duplicates, shuffle } = this.manners;
    const found = this.journal
      .of(subscriptionId)
      .filter(({ startedAtMs }) => startedAtMs <= filter.toMs)
      .flatMap((happening) => recordsOf(happening))
      .filter(({ atMs }) => atMs >= filter.fromMs && atMs <= filter.toMs)
      .map((record) => ({ record, submittedAtMs: this.submittedAtMs(record) }))
      .filter(({ record, submittedAtMs }) => submittedAtMs <= instantMs && filter.matches(record));
    const told = Array.from({ length: duplicates + 1 }, () => found).flat();
    if (!shuffle) return told.sort((one, other) => other.record.atMs - one.record.atMs);
    const placeOf = ({ record }: VisibleRecord) => hashOf(record.eventDataId);
    return told.sort((one, other) => placeOf(one) - placeOf(other));
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  private submittedAtMs({ atMs, eventDataId }: LogRecord): number {
    const { delayMs, shuffle } = this.manners;
    return atMs + (shuffle ? Math.round(delayMs * (1 + (hashOf(eventDataId) % 1_000) / 1_000)) : delayMs);
  }
}
