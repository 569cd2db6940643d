import { actorRef, isSamePerson } from '../domain/access/actor.js';
import { addMilliseconds } from '../domain/instants.js';
import { conflict } from '../domain/refusals.js';
import { lockLiveRequest } from './lock-request.js';
import { saveText } from './save-text.js';
import { viewQueueItem } from './views/view-queue-item.js';
import { Injectable } from '@nestjs/common';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import type { Claim } from '../domain/ports/record-stores.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import type { QueueItem } from './views/review-view.js';
import type { Call } from './call.js';

export interface TakeClaimOverCommand {
  readonly requestId: string;
  readonly reason: string;
}

/**
 * A lead takes over what somebody else works on, for example when that person is away. The reason is a note on the
 * request; the audit names both people by commitment. The former owner is told 409 `claimed` by their next action.
 */
@Injectable()
export class TakeClaimOver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  run(call: Call, command: TakeClaimOverCommand): Promise<QueueItem> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const request = await lockLiveRequest(tx, call, command.requestId, now);
      const by = actorRef(call.actor);
      const former = await tx.claims.lock(request.id, now);
      if (former === null || isSamePerson(former.by, by)) throw nobodyElses();
      const until = addMilliseconds(now, this.settings.claimMs);
      await tx.claims.save({ requestId: request.id, by, claimedAt: now, until });
      const noteId = await this.note(tx, request, { by, claimedAt: now }, command.reason);
      const subject = { type: 'request', id: request.id };
      await tx.audit('claim-taken-over', subject, { until, noteId }, { takenFrom: former.by });
      return viewQueueItem(tx, request, call.actor, now);
    });
  }

  private async note(
    tx: Transaction,
    { id: requestId, tenantId }: ExemptionRequest,
    { by, claimedAt: at }: Pick<Claim, 'by' | 'claimedAt'>,
    reason: string,
  ): Promise<string> {
    const id = this.ids.next();
    const text = `Took the claim over: ${reason}`;
    const textId = await saveText(tx, this.ids, { tenantId, about: 'note', aboutId: id, text });
    await tx.notes.add({ id, requestId, by, at, textId });
    return id;
  }
}

function nobodyElses() {
  return conflict(
    'not-claimed-by-another',
    'Nobody else has claimed this request, so that there is no claim to take over.',
    'Claim the request.',
  );
}
