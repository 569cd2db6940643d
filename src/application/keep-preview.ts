import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import type { Effect } from '../domain/effects.js';
import { afterLook, mostKept, nextLookAt } from '../domain/enforcement/kept-preview.js';
import { outlookOn } from '../domain/enforcement/restart-outlook.js';
import { Clock } from '../domain/ports/clock.js';
import type { EffectLease } from '../domain/ports/effect-store.js';
import { RestartScenes } from '../domain/ports/restart-scenes.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import { planAhead } from './plan-ahead.js';

const actor = systemActor('preview-restarts');
/** Nobody waits for a worker's look: a large subscription's listings may take their time. */
const patienceMs = 60_000;

/**
 * Looks at what restarting a request's machines would do, and keeps it for the request's pages, which never ask the cloud.
 * It comes back once a day, sooner where the cloud did not answer, until the first machine begins to be restarted or the
 * request has come to nothing; then what was kept goes.
 */
@Injectable()
export class KeepPreview {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly scenes: RestartScenes,
    private readonly clock: Clock,
  ) {}

  async run(
    { requestId }: Extract<Effect, { readonly type: 'preview-restarts' }>,
    lease: EffectLease,
  ): Promise<void> {
    const request = await this.unitOfWork.read({ actor }, (tx) => this.awaited(tx, requestId));
    const at = this.clock.now();
    const scene = request === null ? null : await this.scenes.look(request.subscriptionId, patienceMs);
    await this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      const awaited = scene === null ? null : await this.awaited(tx, requestId);
      if (awaited === null || scene === null) {
        await tx.previews.remove(requestId);
        return tx.effects.settle({ kind: 'done' });
      }
      // As it was filed for: a subscription that was registered anew with another tenant is none of this request's.
      const { tenantId } = awaited;
      const looked = outlookOn(scene, { tenantId, at, mostShown: mostKept });
      const kept = afterLook({ requestId, tenantId }, await tx.previews.find(requestId), looked);
      await tx.previews.save(kept);
      await tx.effects.settle({ kind: 'again', dueAt: nextLookAt(kept, this.clock.now()) });
    });
  }

  /** The request, while a preview of it is shown to anybody. */
  private async awaited(tx: Transaction, requestId: string): Promise<ExemptionRequest | null> {
    const now = this.clock.now();
    const request = await tx.requests.find({ kind: 'platform' }, requestId, now);
    if (request === null) return null;
    return (await planAhead(tx, request, now)) === null ? null : request;
  }
}
