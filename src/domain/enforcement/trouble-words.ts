import type { Direction } from './restart.js';

/** One cause of trouble in words for machines in any number: what it is, and what to do. */
export interface TroubleWords {
  /** Follows a colon: "…: a lock forbids it". */
  readonly cause: string;
  readonly next: string;
}

const byItself = 'Postern tries again every 15 minutes, and at once when a support engineer tells it to.';
const keepsTrying = 'Postern keeps trying, at most 5 minutes apart.';
const givenUp =
  'The activity log in the portal says what became of the order; then a support engineer has it tried again. If you stop (deallocate) and start it yourself, that counts.';

const saidByEngineer =
  'Else a support engineer looks for its vmId, sees to it that it is stopped (deallocated) or deleted where it is, and retries it with what was found: from then on it counts as gone.';

/** The rights that a cycle takes, as the cloud names them. */
export const rightsOfACycle =
  'Microsoft.Compute/virtualMachines/deallocate/action and Microsoft.Compute/virtualMachines/start/action';

const words: Readonly<Record<string, (direction: Direction) => TroubleWords>> = {
  'subscription-disabled': () => ({
    cause: 'the subscription is disabled, and takes no power operations',
    next: 'Enable it again in the portal; Postern sees that and goes on by itself.',
  }),
  'resource-locked': () => ({
    cause: 'a lock forbids it',
    next: `Remove the lock, which the machine’s row names. ${byItself}`,
  }),
  'missing-right': () => ({
    cause: 'Postern lacks a right there',
    next: `Give Postern’s application a role with ${rightsOfACycle}; the machine’s row names what was refused. ${byItself}`,
  }),
  'cannot-deallocate': (direction) => ({
    cause: 'the system disk lives on the host (ephemeral OS disk), so that it cannot be deallocated',
    next:
      direction === 'enable'
        ? 'Create the machine anew: made while the exemption stands, it is exempt from the start. Or ask a support engineer to skip it.'
        : 'Delete the machine, or create it anew: a right ends only when every machine is closed or gone.',
  }),
  'moved-elsewhere': () => ({
    cause:
      'it is absent, something was moved out of its resource group since it was seen, and no subscription that Postern may see has it: in another one it may hold its open host still',
    next: `Give Postern the right to read the subscription that it was moved to, or move it back: then it is found and closed by itself. ${saidByEngineer}`,
  }),
  'cannot-look-elsewhere': () => ({
    cause:
      'it is absent, the activity log shows no delete, and the search of the other subscriptions (Azure Resource Graph) gives no answer: in another subscription it may hold its open host still',
    next: `Give Postern’s application the right to read machines in the subscriptions that it may have been moved to; it is searched for in every look. ${saidByEngineer}`,
  }),
  'moves-unknown': () => ({
    cause:
      'it is absent, no subscription that Postern may see has it, and the activity log does not answer whether it was deleted or moved',
    next: `Give Postern’s application the right Microsoft.Insights/eventtypes/values/read. ${saidByEngineer}`,
  }),
  'allocation-failed': () => ({
    cause: 'the cloud has no room for it right now (allocation failed)',
    next: `${keepsTrying} Another size, or another zone, may have room; and if you start it yourself, that counts.`,
  }),
  'start-failed': () => ({
    cause: 'the cloud refuses to start it',
    next: `${keepsTrying} If you start it yourself in the portal, that counts.`,
  }),
  'deallocate-failed': () => ({
    cause: 'the cloud refuses to stop (deallocate) it',
    next: `${keepsTrying} If you stop (deallocate) and start it yourself, that counts.`,
  }),
  'operation-without-end': () => ({ cause: 'the cloud took the order and never ended it', next: givenUp }),
  'operation-unanswered': () => ({
    cause: 'the cloud does not answer what became of the order',
    next: givenUp,
  }),
  'step-given-up': () => ({ cause: 'a step of its restart failed again and again', next: givenUp }),
};

/** The words for a cause by its code; of one that a later version names, where to look. */
export function troubleWords(code: string, direction: Direction): TroubleWords {
  return (
    words[code]?.(direction) ?? {
      cause: code.replaceAll('-', ' '),
      next: 'The machine’s row says what to do.',
    }
  );
}
