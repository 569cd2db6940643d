import { systemActor } from '../domain/access/actor.js';
import type { Machine } from '../domain/enforcement/machine.js';
import { lastWord } from '../domain/enforcement/last-word.js';
import { afterLook, afterPoll } from '../domain/enforcement/next-step.js';
import { isOldNews, withLook } from '../domain/enforcement/old-news.js';
import type { Restart } from '../domain/enforcement/restart.js';
import type { Step, StepResult } from '../domain/enforcement/step.js';
import type { Clock } from '../domain/ports/clock.js';
import type { CallPurpose, ComputeControlPlane } from '../domain/ports/compute-control-plane.js';
import type { Settings } from '../domain/ports/settings.js';
import type { UnitOfWork } from '../domain/ports/unit-of-work.js';

const actor = systemActor('restart-vm');

export type Inquiry = Extract<Step, { readonly do: 'poll' | 'look' }>;

interface Means {
  readonly unitOfWork: UnitOfWork;
  readonly cloud: ComputeControlPlane;
  readonly clock: Clock;
  readonly settings: Settings;
}

/** A machine's restart, and what is known of the machine; null where it was never seen. */
export interface Subject {
  readonly restart: Restart;
  readonly machine: Machine | null;
}

/** Asks the cloud what became of an operation: by its URL, or by a look at the machine where that was lost. */
export async function askAfterOperation(means: Means, subject: Subject, step: Inquiry): Promise<StepResult> {
  const now = means.clock.now();
  const result = step.do === 'poll' ? await poll(means, subject, step) : await look(means, subject, step);
  const { operationDeadlineMs: deadlineMs } = means.settings;
  return step.isLate ? lastWord(step.operation, result, { now, deadlineMs }) : result;
}

async function look(
  { cloud, clock, settings }: Means,
  subject: Subject,
  { operation }: Inquiry,
): Promise<StepResult> {
  const rules = { now: clock.now(), orderSeenMs: settings.orderSeenMs };
  return afterLook(operation, await cloud.readMachine(placeOf(subject), purposeOf(subject)), rules);
}

/** With a look at the machine after it, where its end is old news by now. */
async function poll(
  { unitOfWork, cloud, clock, settings: { clockMarginMs } }: Means,
  subject: Subject,
  { operation, url }: Extract<Step, { readonly do: 'poll' }>,
): Promise<StepResult> {
  const { fence: plannedUnder, subscriptionId } = subject.restart;
  const askedAt = clock.now();
  const result = afterPoll(operation, await cloud.readOperation(url, purposeOf(subject)), askedAt);
  if (result.seen === null) return result;
  const gate = await unitOfWork.read({ actor }, (tx) => tx.gates.find(subscriptionId));
  if (!isOldNews(result.seen, { plannedUnder, gate, clockMarginMs })) return result;
  const lookedAt = clock.now();
  return withLook(result, await cloud.readMachine(placeOf(subject), purposeOf(subject)), lookedAt);
}

/** Where the machine was seen last: it may have been moved to another resource group since it was planned (F11). */
export function placeOf({ restart, machine }: Subject): string {
  return machine?.resourceId ?? restart.resourceId;
}

export function purposeOf({ restart, machine }: Subject): CallPurpose {
  return { region: machine?.location ?? null, isUrgent: restart.direction === 'revoke' };
}
