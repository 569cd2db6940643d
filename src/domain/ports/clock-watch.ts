/** How a process's clock stands to the database's, which all processes share (F29). */
export interface ClockReading {
  /** By how much ours is surely ahead, in milliseconds: negative where it is behind, 0 where it may be the same. */
  readonly aheadMs: number;
  /** Beyond what is put up with: nothing is done that a time could decide. */
  readonly isAstray: boolean;
}

/** Compares this process's clock with the database's. */
export abstract class ClockWatch {
  /** Looks now. Rejects while the database does not answer: then the last reading stands. */
  abstract look(): Promise<ClockReading>;
  /** What the last look saw. */
  abstract last(): ClockReading;
}
