import type { PowerOperation } from './power-operation.js';
import type { RestartEvent } from './restart-events.js';
import type { Blocker } from './restart.js';
import { rightsOfACycle } from './trouble-words.js';

const triedAgain = 'Postern tries again every 15 minutes, and at once when a support engineer retries it.';

/** Why the cloud does not take it, in words with what to do; null where it is tried again without anybody's help. */
export function blockerOf(why: string, message: string): Blocker | null {
  switch (why) {
    case 'subscription-disabled':
      return {
        code: 'subscription-disabled',
        message:
          'The cloud takes no power operations, because the subscription is disabled. Enable it in the portal; Postern sees that and goes on by itself. Where the portal shows it as enabled already, Postern tries again every 15 minutes, and at once when a support engineer retries it.',
      };
    case 'resource-locked':
      return {
        code: 'resource-locked',
        message: `A lock forbids it: ${message} Remove the lock. ${triedAgain}`,
      };
    case 'missing-right':
      return {
        code: 'missing-right',
        message: `Postern lacks a right: ${message} Give its application a role with ${rightsOfACycle}, or the same of the instances of a scale set. ${triedAgain}`,
      };
    case 'cannot-deallocate':
      return {
        code: 'cannot-deallocate',
        message: `${message} Create the machine anew, or delete it. A support engineer may skip it, unless the right is being ended.`,
      };
    default:
      return null;
  }
}

/** What is told once, at the first of several tries. */
export function troubleOf(
  operation: PowerOperation,
  answer: { readonly why: string; readonly code: string },
): RestartEvent | null {
  if (operation.attempt > 1) return null;
  const isAllocation = answer.why === 'allocation-failed';
  const code = isAllocation ? 'allocation-failed' : `${operation.kind}-failed`;
  const message = isAllocation
    ? 'The cloud has no room to start the machine again right now. Postern keeps trying, at most 5 minutes apart; another size or zone may have room, and if you start it yourself, that counts.'
    : `The cloud refused to ${operation.kind} the machine (${answer.code}). Postern keeps trying, at most 5 minutes apart. Look at it in the portal; if you ${operation.kind} it yourself, that counts.`;
  return { type: 'troubleSeen', code, message };
}
