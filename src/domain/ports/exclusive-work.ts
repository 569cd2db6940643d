/** Work that one of many processes does at a time, and the others leave to it. */
export abstract class ExclusiveWork {
  /** Runs the work if nobody else does it now; null where somebody does. */
  abstract tryRun<T>(name: string, work: () => Promise<T>): Promise<T | null>;
}

export interface Purged {
  readonly removed: number;
  readonly isMore: boolean;
}

/** What the store forgets by itself: answers of idempotency keys after 24 hours, carried-out effects after 7 days, rate counters after 5 minutes, counts of mails after a day. */
export abstract class Housekeeping {
  /** Removes some thousands of rows at most; says how many, and whether there may be more that are old. */
  abstract purge(): Promise<Purged>;
}
