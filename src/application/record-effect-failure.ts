import { systemActor } from '../domain/access/actor.js';
import type { Effect } from '../domain/effects.js';
import { missed, reviewGivenUp } from '../domain/enforcement/address-review.js';
import { notUndoneCall } from '../domain/enforcement/engineer-call.js';
import { previewGivenUp } from '../domain/enforcement/kept-preview.js';
import { restartLifecycle } from '../domain/enforcement/restart.lifecycle.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import type { Instant } from '../domain/instants.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import { proofGivenUp } from '../domain/subscription/control-proof.js';
import { applyIfTimely } from './apply-event.js';
import { noteProblem } from './conduct-note.js';
import { type CallWanted, composeCall } from './compose-call.js';
import { couldNotLook, endRoundIfComplete, lockRound } from './end-round.js';
import { Injectable } from '@nestjs/common';
import { Clock } from '../domain/ports/clock.js';
import { Engineers } from '../domain/ports/engineers.js';
import { Ids } from '../domain/ports/ids.js';
import type { StoredEffect } from '../domain/ports/effect-store.js';

/** Says what dead work means to its aggregate, so that nothing waits for it without a word (I13). */
@Injectable()
export class RecordEffectFailure {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly engineers: Engineers,
  ) {}

  async run(stored: StoredEffect): Promise<void> {
    // Before anything that may fail: what is said twice does less harm than what nobody hears.
    if (stored.effect.type === 'call-engineer') await this.sayUncalled(stored.effect, stored.id);
    if (stored.effect.type === 'undo-late-stop') await this.sayNotUndone(stored.effect, stored.id);
    await this.unitOfWork.run({ actor, traceId: null }, async (tx) => {
      const now = this.clock.now();
      await tx.audit('effect.dead', { type: 'effect', id: stored.id }, { effect: stored.effect.type });
      await this.follow(tx, stored.effect, now);
    });
  }

  private async sayUncalled(effect: CallWanted, key: string): Promise<void> {
    const call = await this.unitOfWork.read({ actor }, (tx) =>
      composeCall(tx, effect, key, this.clock.now()),
    );
    if (call !== null) this.engineers.giveUp(call);
  }

  /** No row shows such a machine: its restart was through, and the right may have ended since (I18). */
  private async sayNotUndone({ restartId }: { readonly restartId: string }, key: string): Promise<void> {
    const restart = await this.unitOfWork.read({ actor }, (tx) => tx.restarts.find(restartId));
    if (restart === null) return;
    const call = notUndoneCall(restart, key);
    await this.engineers.call(call).catch(() => {
      this.engineers.giveUp(call);
    });
  }

  /** What a piece of work that gave up means to its aggregate: nothing stays waiting for it without a word. */
  private async follow(tx: Transaction, effect: Effect, now: Instant): Promise<void> {
    if (effect.type === 'run-fraud-check') {
      const found = await tx.requests.find({ kind: 'platform' }, effect.requestId, now);
      const request = found?.round === effect.round ? await lockRound(tx, found, now) : null;
      if (request === null) return;
      await tx.findings.add(
        request.id,
        effect.round,
        couldNotLook(effect.check, 'it failed again and again, and was given up', now),
      );
      await endRoundIfComplete(tx, request, this.ids, now);
    }
    if (effect.type === 'restart-vm') {
      const restart = await tx.restarts.lock(effect.restartId);
      if (restart === null) return;
      const event = {
        type: 'gaveUp',
        code: 'step-given-up',
        message:
          'A step of its restart failed again and again. This needs a support engineer, and stands in their list: the portal says how the machine stands, then they have it tried again. If you stop (deallocate) and start it yourself, that counts.',
      } as const;
      await applyIfTimely(tx, restartLifecycle, restart, event, { actor, now });
    }
    if (effect.type === 'check-control-proof') await giveProofUp(tx, effect.proofId);
    if (effect.type === 'preview-restarts') {
      const request = await tx.requests.find({ kind: 'platform' }, effect.requestId, now);
      if (request !== null) await givePreviewUp(tx, request);
    }
    if (effect.type === 'review-addresses') {
      const exemption = await tx.exemptions.find({ kind: 'platform' }, effect.exemptionId, now);
      if (exemption?.state === 'effective') await giveReviewUp(tx, exemption);
    }
    if (effect.type === 'move-gate') {
      const gate = await tx.gates.find(effect.subscriptionId);
      if (gate !== null) await noteProblem(tx, gate, gateGivenUp, now, true);
    }
  }
}

async function giveProofUp(tx: Transaction, proofId: string): Promise<void> {
  const proof = await tx.controlProofs.lock(proofId);
  if (proof?.state !== 'awaiting-tag') return;
  await tx.controlProofs.save({ ...proof, state: 'failed', problem: proofGivenUp });
  await tx.audit(
    'control-proof.failed',
    { type: 'control-proof', id: proof.id },
    { code: proofGivenUp.code },
  );
}

/** What was seen before stays, with its age. */
async function givePreviewUp(tx: Transaction, { id: requestId, tenantId }: ExemptionRequest): Promise<void> {
  const kept = await tx.previews.find(requestId);
  const { outlook, misses } = kept ?? { outlook: null, misses: 0 };
  await tx.previews.save({ requestId, tenantId, outlook, misses: misses + 1, problem: previewGivenUp });
}

/** As a preview: what was seen before stays. */
async function giveReviewUp(tx: Transaction, { id, tenantId, fence }: Exemption): Promise<void> {
  const kept = missed({ exemptionId: id, tenantId, fence }, await tx.addressReviews.find(id), 'given-up');
  await tx.addressReviews.save({ ...kept, problem: reviewGivenUp });
}

const actor = systemActor('record-effect-failure');
const gateGivenUp = {
  code: 'gate-given-up',
  message:
    'Moving the gate failed again and again. It is listed among the dead effects; an Operator can requeue it.',
};
