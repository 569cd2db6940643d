import { systemActor } from '../domain/access/actor.js';
import type { ExemptionState } from '../domain/exemption/exemption.js';
import { isBefore } from '../domain/instants.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import { applyIfTimely } from './apply-event.js';
import { couldNotLook, endRoundIfComplete, lockRound } from './end-round.js';
import { expire } from './order-exemption.js';
import { Injectable } from '@nestjs/common';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';

/** How much of each kind was ended by one sweep. */
export interface EndedOverdue {
  readonly requests: number;
  readonly exemptions: number;
}

@Injectable()
export class EndOverdue {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(): Promise<EndedOverdue> {
    const requests = await this.endRequests();
    const exemptions = await this.endExemptions();
    return { requests, exemptions };
  }

  private async endRequests(): Promise<number> {
    const due = await this.unitOfWork.read({ actor }, (tx) => tx.requests.overdue(this.clock.now(), atOnce));
    for (const id of due)
      await this.unitOfWork.run({ actor, traceId: null }, (tx) => this.endRequest(tx, id));
    return due.length;
  }

  /** A round that took too long ends with what it found: what did not end is `error`. A question unanswered lapses. */
  private async endRequest(tx: Transaction, id: string): Promise<void> {
    const now = this.clock.now();
    const found = await tx.requests.find({ kind: 'platform' }, id, now);
    if (found?.dueAt == null || isBefore(now, found.dueAt)) return;
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
    const due = await this.unitOfWork.read({ actor }, (tx) =>
      tx.exemptions.expired(this.clock.now(), atOnce),
    );
    for (const id of due) {
      await this.unitOfWork.run({ actor, traceId: null }, async (tx) => {
        const now = this.clock.now();
        const exemption = await tx.exemptions.lock({ kind: 'platform' }, id, now);
        const isDue = exemption?.expiresOn != null && !isBefore(now, exemption.expiresOn);
        if (isDue && canExpire.includes(exemption.state)) await expire(tx, exemption, { actor, now });
      });
    }
    return due.length;
  }
}

const actor = systemActor('end-overdue');
const atOnce = 100;
const canExpire: readonly ExemptionState[] = ['enabling', 'effective', 'suspended'];
