import { systemActor } from '../domain/access/actor.js';
import { findFraudCheck } from '../domain/fraud/checks/index.js';
import type { CheckSubject } from '../domain/fraud/fraud-check.js';
import { couldNotLook, endRoundIfComplete, lockRound } from './end-round.js';
import { pinnedPack } from './judge-eligibility.js';
import { nothingSaid } from './nothing-said.js';
import { proofOfFiler } from './proof-of-filer.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { CheckWorld } from '../domain/ports/check-world.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { Effect } from '../domain/effects.js';
import type { EffectLease } from '../domain/ports/effect-store.js';

/**
 * Runs one check of a round: reads what it looks at, looks outside of any transaction, and stores its finding once. The
 * last one in ends the round. A check whose round is over finds nothing to do.
 */
@Injectable()
export class RunFraudCheck {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly world: CheckWorld,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(
    effect: Extract<Effect, { readonly type: 'run-fraud-check' }>,
    lease: EffectLease,
  ): Promise<void> {
    const subject = await this.subjectOf(effect);
    if (subject === null) return this.settleDone(lease);
    const check = findFraudCheck(effect.check);
    const finding =
      check === null
        ? couldNotLook(effect.check, 'this version of the product has no such check', this.clock.now())
        : await check.look(subject, this.world.sources());
    await this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      const now = this.clock.now();
      const found = await tx.requests.find({ kind: 'platform' }, effect.requestId, now);
      const request = found?.round === effect.round ? await lockRound(tx, found, now) : null;
      if (request !== null && (await tx.findings.add(request.id, effect.round, finding))) {
        await endRoundIfComplete(tx, request, this.ids, now);
      }
      await tx.effects.settle({ kind: 'done' });
    });
  }

  /** What the check looks at; null where its round is over. Read before anything outside is asked. */
  private subjectOf(
    effect: Extract<Effect, { readonly type: 'run-fraud-check' }>,
  ): Promise<CheckSubject | null> {
    return this.unitOfWork.read({ actor }, async (tx) => {
      const now = this.clock.now();
      const request = await tx.requests.find({ kind: 'platform' }, effect.requestId, now);
      if (request?.state !== 'checking' || request.round !== effect.round) return null;
      const subscription = await tx.subscriptions.find({ kind: 'platform' }, request.subscriptionId, now);
      const particulars = await tx.particulars.find(request.id);
      if (subscription === null) return null;
      const needsProof = findFraudCheck(effect.check)?.needs.includes('control-proof') === true;
      return {
        requestId: request.id,
        tenantId: request.tenantId,
        filedBy: request.filedBy,
        controlProof: needsProof ? await proofOfFiler(tx, request, now) : null,
        subscription,
        submittedAt: request.submittedAt,
        asOf: now,
        pack: pinnedPack(request.pack),
        sending: particulars?.sending ?? { ...nothingSaid, dailyVolume: request.dailyVolume },
        contactEmail: particulars?.contact?.email ?? null,
        relayCannotBeUsed: request.relayCannotBeUsed,
      };
    });
  }

  private async settleDone(lease: EffectLease): Promise<void> {
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle({ kind: 'done' }));
  }
}

const actor = systemActor('run-fraud-check');
