/** Points that somebody used within one window, added to or read from the counters that all processes share. */
export interface PointsUsed {
  /** Opaque to the store: it names nobody. */
  readonly key: string;
  /** Which window: windows are numbered from 1970. */
  readonly window: number;
  readonly points: number;
}

/** Counters of rate limits that every process of a deployment adds to. They may be lost at any time: nothing but a limit rests on them. */
export abstract class RateCounters {
  /** Adds points and gives the totals of the same keys. Throws where the store does not answer; then nothing is lost but sharing. */
  abstract add(used: readonly PointsUsed[]): Promise<readonly PointsUsed[]>;
}
