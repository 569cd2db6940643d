import { millisecondsBetween, type Instant } from '../instants.js';
import {
  type MachineAnswer,
  type OperationAnswer,
  type PowerOrderAnswer,
  noToken,
  wasNotTaken,
} from '../ports/compute-control-plane.js';
import { foundOtherwise } from './found-as.js';
import type { Machine } from './machine.js';
import type { PowerOperation } from './power-operation.js';
import type { Restart } from './restart.js';
import type { Seen, Step, StepResult } from './step.js';
import { blockerOf, troubleOf } from './step-trouble.js';

/** Which operation a state is about. */
export function kindOf(restart: Restart): PowerOperation['kind'] | null {
  if (restart.state === 'deallocating') return 'deallocate';
  return restart.state === 'starting' ? 'start' : null;
}

export interface StepRules {
  readonly now: Instant;
  readonly deadlineMs: number;
  /** False where its plan was interrupted since its stop was admitted. */
  readonly isStillWanted: boolean;
  /** True where the cloud took no stop of it: what the machine does, its owner wanted. */
  readonly wasNeverTaken: boolean;
  /** False where it took none, or said of each that it failed: that the machine has no host is not our doing. */
  readonly mayHaveStopped: boolean;
}

/** Decides the one thing to do now for a machine of which we have the row, its last operation and its last sighting. */
export function nextStep(
  restart: Restart,
  operation: PowerOperation | null,
  machine: Machine | null,
  rules: StepRules,
): Step {
  const kind = kindOf(restart);
  if (kind === null) return { do: 'nothing' };
  if (kind === 'start' && machine?.host === 'held' && machine.powerState === 'running')
    return { do: 'say-running' };
  const call = (again: PowerOperation | null): Step =>
    kind === 'deallocate' ? stopOf(restart, machine, again, rules) : { do: 'send', kind, again, found: null };
  if (operation === null || !isOpen(operation)) return call(null);
  // Throttled, or not even sent: it was not taken, a look would only cost another call, and it has not begun to last.
  if (operation.state === 'intended' && wasNotTaken(operation.errorCode)) return call(operation);
  return askAfter(operation, rules);
}

/** How an operation in flight is asked after. */
export function askAfter(
  operation: PowerOperation,
  { now, deadlineMs }: Pick<StepRules, 'now' | 'deadlineMs'>,
): Extract<Step, { readonly do: 'poll' | 'look' }> {
  const isLate = millisecondsBetween(operation.intendedAt, now) > deadlineMs;
  if (operation.state === 'sent' && operation.operationUrl !== null) {
    return { do: 'poll', operation, url: operation.operationUrl, isLate };
  }
  return { do: 'look', operation, isLate };
}

/**
 * What we restore is what we stop, not what was planned; and what lost its host before, somebody else wanted so. Once the
 * cloud took a stop of ours, that it goes down is our doing; that it has no host is, unless that stop failed.
 */
function stopOf(
  restart: Restart,
  machine: Machine | null,
  again: PowerOperation | null,
  { isStillWanted, wasNeverTaken, mayHaveStopped }: StepRules,
): Step {
  if (wasNeverTaken && !isStillWanted) return { do: 'hold-back' };
  if (machine?.host === 'none' && !mayHaveStopped) return { do: 'leave-to-owner' };
  const found = wasNeverTaken ? foundOtherwise(restart, machine) : null;
  return { do: 'send', kind: 'deallocate', again, found };
}

export function isOpen(operation: PowerOperation): boolean {
  return operation.state === 'intended' || operation.state === 'sent';
}

/** Waits between two questions after one operation: 2, 4, 8, 15, then 30 seconds (docs/enforcement.md). */
export function pollDelayMs(polls: number): number {
  return [2_000, 4_000, 8_000, 15_000][polls] ?? 30_000;
}

/** Waits before another try of a refused or failed operation: 15, 30, 60 seconds, at most 5 minutes apart. */
export function retryDelayMs(attempt: number): number {
  return Math.min(300_000, 15_000 * 2 ** Math.max(0, attempt - 1));
}

/** The budget knows to the millisecond when there is a token: whoever is late by more loses his place. */
const tokenInMs = (seconds: number | null) => Math.ceil((seconds ?? 1) * 1_000);
const longer = (asked: number | null, ownMs: number) => Math.max(ownMs, (asked ?? 0) * 1_000);

/** What the answer to a deallocate or start means. */
export function afterOrder(operation: PowerOperation, answer: PowerOrderAnswer, now: Instant): StepResult {
  if (answer.kind === 'accepted') {
    const sent = {
      ...operation,
      state: 'sent',
      sentAt: now,
      operationUrl: answer.operationUrl,
      correlationId: answer.correlationId,
    } as const;
    return { operation: sent, event: null, seen: null, againInMs: pollDelayMs(0) };
  }
  if (answer.kind === 'unavailable') {
    // Unless it was throttled it may have been received: it stays an intent, and the next step looks first.
    const ownMs = wasNotTaken(answer.code) ? 1_000 : 5_000;
    const againInMs =
      answer.code === noToken ? tokenInMs(answer.retryAfterSeconds) : longer(answer.retryAfterSeconds, ownMs);
    return { operation: { ...operation, errorCode: answer.code }, event: null, seen: null, againInMs };
  }
  const failed = { ...operation, state: 'failed', endedAt: now, errorCode: answer.code } as const;
  const blocker = blockerOf(answer.why, answer.message);
  if (blocker !== null)
    return { operation: failed, event: { type: 'blocked', ...blocker }, seen: null, againInMs: null };
  return {
    operation: failed,
    event: troubleOf(operation, answer),
    seen: null,
    againInMs: retryDelayMs(operation.attempt),
  };
}

/** What the state of a long-running operation means. `endTime` is the evidence. */
export function afterPoll(operation: PowerOperation, answer: OperationAnswer, now: Instant): StepResult {
  switch (answer.kind) {
    case 'running':
      return stillRunning(operation, answer.retryAfterSeconds);
    case 'unavailable':
      return unanswered(operation, answer);
    case 'succeeded':
      return succeeded(operation, { proof: 'operation', at: answer.endTime ?? now, lookedAt: now });
    case 'gone':
    case 'foreign-host':
      // The URL is no use any more; what became of the operation, the machine itself tells.
      return { operation: { ...operation, operationUrl: null }, event: null, seen: null, againInMs: 0 };
    case 'failed':
      return failedOperation(operation, answer, now);
  }
}

/** A question that was not even sent has not been asked. */
function unanswered(
  operation: PowerOperation,
  { code, retryAfterSeconds }: { readonly code: string; readonly retryAfterSeconds: number | null },
): StepResult {
  const isUnanswered = true;
  if (code === noToken)
    return { operation, event: null, seen: null, againInMs: tokenInMs(retryAfterSeconds), isUnanswered };
  return { ...stillRunning(operation, retryAfterSeconds), isUnanswered };
}

function stillRunning(operation: PowerOperation, retryAfterSeconds: number | null): StepResult {
  const polls = operation.polls + 1;
  const againInMs = longer(retryAfterSeconds, pollDelayMs(polls));
  return { operation: { ...operation, polls }, event: null, seen: null, againInMs };
}

function failedOperation(
  operation: PowerOperation,
  answer: Extract<OperationAnswer, { readonly kind: 'failed' }>,
  now: Instant,
): StepResult {
  const failed = { ...operation, state: 'failed', endedAt: now, errorCode: answer.code } as const;
  const blocker = answer.why === 'allocation-failed' ? null : blockerOf(answer.why, answer.message);
  if (blocker !== null)
    return { operation: failed, event: { type: 'blocked', ...blocker }, seen: null, againInMs: null };
  return {
    operation: failed,
    event: troubleOf(operation, answer),
    seen: null,
    againInMs: retryDelayMs(operation.attempt),
  };
}

function succeeded(operation: PowerOperation, proof: Omit<Seen, 'powerState'>): StepResult {
  const powerState = operation.kind === 'deallocate' ? 'deallocated' : 'running';
  return {
    operation: { ...operation, state: 'succeeded', endedAt: proof.at },
    event:
      operation.kind === 'deallocate' ? { type: 'hostLost' } : { type: 'running', withoutOurStart: false },
    seen: { powerState, ...proof },
    againInMs: null,
  };
}

/**
 * A direct look where the answer or the operation was lost: what the machine does now tells what became of it. A call that
 * was taken may show only after some time (`orderSeenMs`), and `stopped` is shown briefly on the way up: before, its
 * absence says nothing, and a second call would be one beside the first (I8).
 */
export function afterLook(
  operation: PowerOperation,
  answer: MachineAnswer,
  { now, orderSeenMs }: { readonly now: Instant; readonly orderSeenMs: number },
): StepResult {
  const comeBack = { operation, event: null, seen: null, againInMs: 3_000 };
  if (answer.kind === 'unknown') return unanswered(operation, answer);
  // Another machine under its name answers nothing about this one: the next look at the subscription tells that it is gone.
  if (answer.kind === 'not-found' || answer.machine.vmId !== operation.vmId)
    return { ...comeBack, againInMs: 15_000 };
  const { powerState } = answer;
  const leftMs = orderSeenMs - millisecondsBetween(operation.intendedAt, now);
  const without = leftMs > 0 ? { ...comeBack, againInMs: Math.min(15_000, leftMs) } : notReceived(operation);
  if (operation.kind === 'deallocate') {
    if (powerState === 'deallocated' || powerState === 'hibernated')
      return succeeded(operation, { proof: 'look', at: now, lookedAt: now });
    return powerState === 'running' || powerState === 'stopped' ? without : comeBack;
  }
  if (powerState === 'running') return succeeded(operation, { proof: 'look', at: now, lookedAt: now });
  return powerState === 'deallocated' || powerState === 'stopped' ? without : comeBack;
}

/** The machine shows no trace of the call: it is called again, as the same operation. */
function notReceived(operation: PowerOperation): StepResult {
  return {
    operation: { ...operation, state: 'intended', operationUrl: null, sentAt: null },
    event: null,
    seen: null,
    againInMs: 0,
    resend: true,
  };
}
