import { Injectable } from '@nestjs/common';
import { AnswerReplayed, StoreUnavailable, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { RefusedError } from '../domain/refusals.js';
import type { Call } from './call.js';
import { SubmitRequest, type SubmitRequestCommand } from './submit-request.js';
import type { RequestView } from './views/request-view.js';

/** One of many: a call of its own, so that its idempotency key is its own, and what is filed. */
export interface BatchEntry {
  readonly call: Call;
  readonly command: SubmitRequestCommand;
}

/** What became of one: `not-filed` carries what a single submit would have thrown, a replayed answer included. */
export type BatchOutcome =
  | { readonly kind: 'filed'; readonly request: RequestView }
  | { readonly kind: 'not-filed'; readonly error: unknown };

/**
 * Files many requests, each in a unit of work of its own: one that is refused undoes none of the others. With an
 * idempotency key the batch is kept first, so that the key is good for this body only (422 for another); whoever repeats
 * it after a crash gets what was answered, and the rest is filed then (I11, F1). 409 while the same batch still runs.
 */
@Injectable()
export class SubmitBatch {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly submit: SubmitRequest,
  ) {}

  async run(call: Call, entries: readonly BatchEntry[]): Promise<readonly BatchOutcome[]> {
    await this.begin(call);
    const outcomes: BatchOutcome[] = [];
    for (const entry of entries) {
      const last = outcomes.at(-1);
      // Where the store is away the rest would only wait for it, one after another.
      const outcome = last !== undefined && storeIsAway(last) ? last : await this.file(entry);
      if (outcome.kind === 'not-filed' && isStillRunning(outcome.error)) throw outcome.error;
      outcomes.push(outcome);
    }
    return outcomes;
  }

  /** Keeps the key with its body; one that began before goes on. */
  private async begin(call: Call): Promise<void> {
    if (call.idempotency === undefined) return;
    const [kept] = await Promise.allSettled([this.unitOfWork.run(call, (tx) => tx.replayIfAnswered())]);
    if (kept.status === 'rejected' && !(kept.reason instanceof AnswerReplayed)) throw kept.reason;
  }

  private async file({ call, command }: BatchEntry): Promise<BatchOutcome> {
    const [filed] = await Promise.allSettled([this.submit.run(call, command)]);
    return filed.status === 'fulfilled'
      ? { kind: 'filed', request: filed.value }
      : { kind: 'not-filed', error: filed.reason };
  }
}

function storeIsAway(outcome: BatchOutcome): boolean {
  return outcome.kind === 'not-filed' && outcome.error instanceof StoreUnavailable;
}

function isStillRunning(error: unknown): boolean {
  return error instanceof RefusedError && error.refusals[0].code === 'idempotency-key-in-use';
}
