import { Injectable } from '@nestjs/common';
import { scopeOf } from '../domain/access/scope.js';
import { addMilliseconds } from '../domain/instants.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Nonces } from '../domain/ports/nonces.js';
import { Settings } from '../domain/ports/settings.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { conflict, notFound } from '../domain/refusals.js';
import type { ControlProof } from '../domain/subscription/control-proof.js';
import type { Call } from './call.js';
import { presentProof, type ControlProofView } from './views/control-proof-view.js';

/**
 * Asks for a proof that the caller's side controls a subscription: a tag to put on it, which a worker then looks for.
 * One at a time for a tenant and subscription, so that nobody makes the product ask the cloud without end.
 * Refuses with 404 out of scope, and 409 `control-proof-open` while an earlier tag is still looked for.
 */
@Injectable()
export class AskControlProof {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly nonces: Nonces,
    private readonly settings: Settings,
  ) {}

  run(call: Call, subscriptionId: string): Promise<ControlProofView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const subscription = await tx.subscriptions.lock(
        scopeOf(call.actor),
        subscriptionId.toLowerCase(),
        now,
      );
      if (subscription === null) throw notFound();
      await tx.replayIfAnswered();
      const provesFor = call.actor.tenantId;
      const open = await tx.controlProofs.findOpen(subscription.subscriptionId, provesFor, now);
      if (open !== null) throw oneIsOpen(open);
      const proof: ControlProof = {
        id: this.ids.next(),
        subscriptionId: subscription.subscriptionId,
        tenantId: subscription.tenantId,
        provesFor,
        state: 'awaiting-tag',
        nonce: this.nonces.next(),
        askedAt: now,
        expiresAt: addMilliseconds(now, this.settings.controlProofWaitMs),
        checkedAt: null,
        provenAt: null,
        problem: null,
      };
      await tx.controlProofs.add(proof);
      await tx.effects.add([{ type: 'check-control-proof', proofId: proof.id }]);
      const subject = { type: 'control-proof', id: proof.id };
      await tx.audit('control-proof.asked', subject, { subscriptionId: proof.subscriptionId, provesFor });
      return presentProof(proof, call.actor, now);
    });
  }
}

function oneIsOpen({ expiresAt }: ControlProof) {
  return conflict(
    'control-proof-open',
    `A tag is being looked for already, until ${expiresAt}.`,
    'Read the proofs of this subscription for that tag, and put it there.',
  );
}
