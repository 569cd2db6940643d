import type { PowerOperation } from './power-operation.js';
import type { RestartEvent } from './restart-events.js';
import type { Blocker } from './restart.js';

/** Why the cloud does not take it, in words with what to do; null where it is tried again without anybody's help. */
export function blockerOf(why: string, message: string): Blocker | null {
  switch (why) {
    case 'subscription-disabled':
      return {
        code: 'subscription-disabled',
        message:
          'The subscription is disabled, and the cloud takes no power operations. It goes on by itself once it is enabled.',
      };
    case 'resource-locked':
      return {
        code: 'resource-locked',
        message: `A lock stands on the machine: ${message} Remove the lock; it goes on by itself.`,
      };
    case 'missing-right':
      return {
        code: 'missing-right',
        message: `Postern may not do this: ${message} Grant it deallocate and start on the machine, or on the instances of its scale set; it goes on by itself.`,
      };
    case 'cannot-deallocate':
      return { code: 'cannot-deallocate', message: `${message} Recreate the machine, or skip it.` };
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
    ? 'The cloud has no room to start the machine again right now. Postern keeps trying, at most 5 minutes apart; resizing it or starting it in another zone may help.'
    : `The cloud refused to ${operation.kind} the machine (${answer.code}). Postern keeps trying, at most 5 minutes apart.`;
  return { type: 'troubleSeen', code, message };
}
