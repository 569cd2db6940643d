/** Work that one of many processes does at a time, and the others leave to it. */
export abstract class ExclusiveWork {
  /** Runs the work if nobody else does it now; null where somebody does. */
  abstract tryRun<T>(name: string, work: () => Promise<T>): Promise<T | null>;
}

/** What the store forgets by itself: answers of idempotency keys after 24 hours, carried-out effects after 7 days, rate counters after 5 minutes. */
export abstract class Housekeeping {
  /** Answers how many rows it removed; at most some thousands a call. */
  abstract purge(): Promise<number>;
}
