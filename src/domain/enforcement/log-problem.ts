import type { LogReading } from '../ports/activity-log.js';
import { wasNotTaken } from '../ports/compute-control-plane.js';
import type { Blocker, Restart } from './restart.js';
import type { RestartPlan } from './restart-plan.js';

/** The right without which the log answers nothing. */
const neededRight = 'Microsoft.Insights/eventtypes/values/read';
const stillGoesOn =
  'Nothing is stopped by that, and machines are looked at as before; but a stop and start between two looks is not seen.';

/**
 * Why the activity log cannot be read, in words, after a look that asked it; null where it can. Where the call was not
 * taken it is asked again in the next look, and what was known stands.
 */
export function logProblemAfter(log: LogReading | null, before: Blocker | null): Blocker | null {
  if (log === null) return before;
  if (log.kind === 'read') return null;
  if (wasNotTaken(log.code)) return before;
  if (log.code === 'AuthorizationFailed')
    return {
      code: 'activity-log-right-missing',
      message: `The activity log cannot be read: the right ${neededRight} is missing. ${stillGoesOn} Give it to the identity that Postern calls the cloud with, on this subscription.`,
    };
  return {
    code: 'activity-log-unreadable',
    message: `The activity log could not be read (${log.code}); it is asked again. ${stillGoesOn}`,
  };
}

/**
 * Adds to why a machine is not exempt yet that an owner's cycle may have gone unseen, where the owner cycles it and the log
 * cannot be read.
 */
export function withLogProblem(
  blocker: Blocker | null,
  { direction }: Pick<Restart, 'direction'>,
  { mode }: Pick<RestartPlan, 'mode'>,
  logProblem: Blocker | null,
): Blocker | null {
  if (blocker?.code !== 'not-deallocated-yet' || logProblem === null) return blocker;
  if (direction !== 'enable' || mode !== 'observed') return blocker;
  const hint = `Where you have done so already, quicker than it is looked at: stop it once more for some minutes. ${logProblem.message}`;
  return { ...blocker, message: `${blocker.message} ${hint}` };
}
