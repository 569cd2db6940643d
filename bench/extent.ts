/** How much a bench does. */
export interface Extent {
  /** Submits and reads, Postern and its measure in turn. */
  readonly pairs: number;
  readonly submits: number;
  readonly reads: number;
  readonly effectRounds: number;
  readonly effects: number;
  /** Restarts that are in line before a revocation, and how many revocations are timed. */
  readonly queuedRestarts: number;
  /** Checks of another tenant that wait all the while. */
  readonly waitingChecks: number;
  readonly revocations: number;
  /** Machines, subscriptions and minutes of `bench -- cloud` where the command line does not say. */
  readonly fleet: readonly [machines: string, subscriptions: string, minutes: string];
  /** Whether docs/performance.md gets the figures. */
  readonly isRecorded: boolean;
}

/** What the goals are for. */
export const whole: Extent = {
  pairs: 5,
  submits: 300,
  reads: 1_500,
  effectRounds: 3,
  effects: 2_000,
  queuedRestarts: 10_000,
  waitingChecks: 50_000,
  revocations: 100,
  fleet: ['2000', '4', '20'],
  isRecorded: true,
};

/** `--quick`: every step of the bench in seconds. It shows that the bench runs; its figures say nothing. */
export const quick: Extent = {
  pairs: 1,
  submits: 20,
  reads: 20,
  effectRounds: 1,
  effects: 50,
  queuedRestarts: 100,
  waitingChecks: 500,
  revocations: 2,
  fleet: ['8', '2', '10'],
  isRecorded: false,
};
