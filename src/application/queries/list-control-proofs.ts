import { Injectable } from '@nestjs/common';
import { scopeOf } from '../../domain/access/scope.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import { Clock } from '../../domain/ports/clock.js';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { notFound } from '../../domain/refusals.js';
import type { Call } from '../call.js';
import { presentProof, type ControlProofView } from '../views/control-proof-view.js';
import { type Listed, cutToPage, withOneMore } from '../views/listed.js';

/** The proofs of control of one subscription, newest first. A partner sees its own, the customer all of them. */
@Injectable()
export class ListControlProofs {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  run({ actor }: Call, subscriptionId: string, page: Page): Promise<Listed<ControlProofView>> {
    return this.unitOfWork.read({ actor }, async (tx) => {
      const now = this.clock.now();
      const subscription = await tx.subscriptions.find(scopeOf(actor), subscriptionId, now);
      if (subscription === null) throw notFound();
      const provesFor = actor.tenantKind === 'partner' ? actor.tenantId : null;
      const rows = await tx.controlProofs.list(subscription.subscriptionId, provesFor, withOneMore(page));
      const { rows: kept, next } = cutToPage(rows, page, ({ askedAt, id }) => ({ sort: askedAt, id }));
      return { items: kept.map((proof) => presentProof(proof, actor, now)), next };
    });
  }
}
