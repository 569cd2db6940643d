/** The connections of a pool: at work, at rest, and how many calls wait for one. */
export interface PoolFigures {
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
}

/** Whether the API can serve: not while it drains, and not while the store does not answer within a second. */
export abstract class Readiness {
  abstract isReady(): Promise<boolean>;
  /** From now on not ready: whoever balances load sends no more. */
  abstract drain(): void;
  abstract connections(): PoolFigures;
}
