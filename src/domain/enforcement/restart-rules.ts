import type { TransitionRule } from '../lifecycle-table.js';
import type { SkipOrdered } from './restart-events.js';
import type { Restart } from './restart.js';

/** Nothing can be skipped in direction revoke (docs/enforcement.md). */
export const revocationSkipsNothing: TransitionRule<Restart, SkipOrdered> = (current) =>
  current.direction === 'enable'
    ? null
    : {
        kind: 'conflict',
        code: 'revocation-cannot-skip',
        message: 'A revocation ends only when every machine is closed or gone; none of them can be skipped.',
        nextStep: 'Remove what blocks the machine, then retry it.',
      };

/** Whoever retries an absent machine says what became of it: that is needed only where the end of a right waits for it. */
export const onlyTheEndWaits: TransitionRule<Restart, unknown> = (current) =>
  current.direction === 'revoke'
    ? null
    : {
        kind: 'conflict',
        code: 'nothing-to-retry',
        message: `${current.name} is absent, and holds nothing up while the right is enabled.`,
        nextStep: 'Nothing: it is planned again by itself once it is seen.',
      };

/** A machine that we stopped is started again by us, whatever happens to the plan (invariant I18). */
export const isNotStoppedByUs: TransitionRule<Restart, unknown> = (current) =>
  current.stoppedByUs
    ? {
        kind: 'conflict',
        code: 'stopped-by-us',
        message: `Postern stopped ${current.name} and still has to start it.`,
        nextStep: 'Wait until it is running again, or start it and say so.',
      }
    : null;

export const isStoppedByUs: TransitionRule<Restart, unknown> = (current) =>
  current.stoppedByUs
    ? null
    : {
        kind: 'conflict',
        code: 'not-stopped-by-us',
        message: `Postern did not stop ${current.name}, so it does not start it.`,
        nextStep: 'Nothing: its owner starts it.',
      };
