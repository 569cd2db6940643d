import type { Instant } from '../instants.js';
import { isOpen, pollDelayMs, type StepRules } from './next-step.js';
import { operationWithoutEnd, type PowerOperation } from './power-operation.js';
import type { StepResult } from './step.js';

/** Questions after the deadline that nobody answers: some two hours of them, longer than an outage of the cloud lasts. */
const unansweredAtMost = 240;
const betweenQuestionsMs = pollDelayMs(unansweredAtMost);

/**
 * What the last question after an overdue operation leads to: where the cloud says that it ended, or that it never came,
 * that is taken (all workers may have been away for longer than it lasted); where it does not answer, or could not be
 * asked, that is no word at all, and it is asked again; else the operation is given up.
 */
export function lastWord(
  operation: PowerOperation,
  answer: StepResult,
  { now, deadlineMs }: Pick<StepRules, 'now' | 'deadlineMs'>,
): StepResult {
  if (answer.isUnanswered === true) {
    const mayAsk = deadlineMs / betweenQuestionsMs + unansweredAtMost;
    return answer.operation.polls > mayAsk ? givenUp(operation, now, unanswered) : answer;
  }
  const isKnown = answer.event !== null || answer.resend === true || !isOpen(answer.operation);
  const lostItsUrl = operation.operationUrl !== null && answer.operation.operationUrl === null;
  return isKnown || lostItsUrl ? answer : givenUp(operation, now, endless);
}

interface Why {
  readonly code: string;
  readonly says: (verb: string) => string;
}
const endless: Why = {
  code: operationWithoutEnd,
  says: (verb) => `The cloud took the ${verb} and never ended it.`,
};
const unanswered: Why = {
  code: 'operation-unanswered',
  says: (verb) => `The cloud was told to ${verb} the machine, and does not answer what became of it.`,
};

/** It waits for a human, and nothing is claimed: the operation itself may have been taken, whatever was answered. */
function givenUp(operation: PowerOperation, now: Instant, { code, says }: Why): StepResult {
  const yourself = operation.kind === 'deallocate' ? 'stop (deallocate) and start' : 'start';
  return {
    operation: { ...operation, state: 'abandoned', endedAt: now, errorCode: operationWithoutEnd },
    event: {
      type: 'gaveUp',
      code,
      message: `${says(operation.kind)} This needs a support engineer, and stands in their list: the portal says what became of it, then they have it tried again. If you ${yourself} it yourself, that counts.`,
    },
    seen: null,
    againInMs: null,
  };
}
