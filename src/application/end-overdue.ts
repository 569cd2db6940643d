import { systemActor } from '../domain/access/actor.js';
import type { ExemptionState } from '../domain/exemption/exemption.js';
import { isBefore } from '../domain/instants.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import { applyIfTimely } from './apply-event.js';
import { couldNotLook, endRoundIfComplete, lockRound } from './end-round.js';
import { expire } from './order-exemption.js';
import { Injectable } from '@nestjs/common';
import { Ids } from '../domain/ports/ids.js';

/** How much of each kind was ended by one sweep. */
export interface EndedOverdue {
  readonly requests: number;
  readonly exemptions: number;
}

/**
 * Ends what lost its patience: rounds of checks that took too long, questions that nobody answered, rights that reached
 * their date, by the database's clock: nothing takes back what a wrong one ended. Each in a commit of its own: one that fails is told at the end, and holds none of the others up.
 */
@Injectable()
export class EndOverdue {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: Ids,
  ) {}

  async run(): Promise<EndedOverdue> {
    // One after the other, and the second also where the first failed.
    const [requests] = await Promise.allSettled([this.endRequests()]);
    const [exemptions] = await Promise.allSettled([this.endExemptions()]);
    const failures = [requests, exemptions].flatMap((end): unknown[] =>
      end.status === 'rejected' ? [end.reason] : [],
    );
    if (requests.status === 'rejected' || exemptions.status === 'rejected')
      throw new AggregateError(failures, 'not everything that is overdue could be ended');
    return { requests: requests.value, exemptions: exemptions.value };
  }

  private async endRequests(): Promise<number> {
    const due = await this.unitOfWork.read({ actor }, async (tx) =>
      tx.requests.overdue(await tx.databaseNow(), atOnce),
    );
    return this.each(due, (tx, id) => this.endRequest(tx, id));
  }

  /** A round that took too long ends with what it found: what did not end is `error`. A question unanswered lapses. */
  private async endRequest(tx: Transaction, id: string): Promise<void> {
    const now = await tx.databaseNow();
    const found = await tx.requests.find({ kind: 'platform' }, id, now);
    if (found === null || found.dueAt === null || isBefore(now, found.dueAt)) return;
    if (found.state === 'awaiting-information') {
      const request = await tx.requests.lock({ kind: 'platform' }, id, now);
      if (request?.state !== 'awaiting-information') return;
      await applyIfTimely(tx, requestLifecycle, request, { type: 'patienceExceeded' }, { actor, now });
      return;
    }
    const request = await lockRound(tx, found, now);
    if (request === null) return;
    for (const check of request.checks) {
      await tx.findings.add(
        request.id,
        request.round,
        couldNotLook(check, 'it did not end within the time of the round', now),
      );
    }
    await endRoundIfComplete(tx, request, this.ids, now);
  }

  private async endExemptions(): Promise<number> {
    const due = await this.unitOfWork.read({ actor }, async (tx) =>
      tx.exemptions.expired(await tx.databaseNow(), atOnce),
    );
    return this.each(due, (tx, id) => this.endExemption(tx, id));
  }

  private async endExemption(tx: Transaction, id: string): Promise<void> {
    const now = await tx.databaseNow();
    const exemption = await tx.exemptions.lock({ kind: 'platform' }, id, now);
    if (exemption === null || exemption.expiresOn === null || isBefore(now, exemption.expiresOn)) return;
    if (canExpire.includes(exemption.state)) await expire(tx, exemption, { actor, now });
  }

  /** One commit each. What fails is tried in the next sweep again, and told now: it is never swallowed. */
  private async each(
    ids: readonly string[],
    end: (tx: Transaction, id: string) => Promise<void>,
  ): Promise<number> {
    const failures: unknown[] = [];
    for (const id of ids) {
      const [outcome] = await Promise.allSettled([
        this.unitOfWork.run({ actor, traceId: null }, (tx) => end(tx, id)),
      ]);
      if (outcome.status === 'rejected') failures.push(outcome.reason);
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some could not be ended');
    return ids.length;
  }
}

const actor = systemActor('end-overdue');
const atOnce = 100;
const canExpire: readonly ExemptionState[] = ['enabling', 'effective', 'suspended'];
