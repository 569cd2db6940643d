import type { RestartState } from '../enforcement/restart.js';

/** How far an exemption's machines are (openapi.json, `progress`). `total` is the sum of the others. */
export interface Progress {
  readonly total: number;
  readonly restarted: number;
  readonly resting: number;
  readonly waiting: number;
  readonly blocked: number;
  readonly failed: number;
  readonly skipped: number;
  /** Not where they were, and not known to be gone: they hold up the end of a right, and nothing else. */
  readonly absent: number;
  readonly gone: number;
}

/**
 * Counts machines by what their owner has to know: `waiting` covers everything that is under way. Machines created
 * after the gate opened need nothing and are not counted; superseded rows belong to an earlier order.
 */
export function progressOf(counts: Readonly<Partial<Record<RestartState, number>>>): Progress {
  const of = (...states: readonly RestartState[]): number =>
    states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const parts = {
    restarted: of('restarted'),
    resting: of('resting'),
    waiting: of('waiting', 'deallocating', 'starting'),
    blocked: of('blocked'),
    failed: of('failed'),
    skipped: of('skipped'),
    absent: of('absent'),
    gone: of('gone'),
  };
  return { total: Object.values(parts).reduce((sum, count) => sum + count, 0), ...parts };
}
