import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import { applyEvent } from './apply-event.js';
import { auditJudgement } from './audit-judgement.js';
import { beginRound } from './begin-round.js';
import { lockLiveRequest, mustNotBeClaimedByAnother, versionMatchesIfNamed } from './lock-request.js';
import { saveText } from './save-text.js';
import { viewQueueItem } from './views/view-queue-item.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import type { QueueItem } from './views/review-view.js';
import type { Call } from './call.js';

export interface RecheckRequestCommand {
  readonly requestId: string;
  readonly reason: string;
}

/** Begins a new round of checks, for example because some could not look. Eligibility is judged again for the audit. */
@Injectable()
export class RecheckRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  run(call: Call, command: RecheckRequestCommand): Promise<QueueItem> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const request = await lockLiveRequest(tx, call, command.requestId, now);
      versionMatchesIfNamed(call, request.version);
      await mustNotBeClaimedByAnother(tx, call, request, now);
      const { id, tenantId } = request;
      const words = { tenantId, about: 'request', aboutId: id, text: command.reason } as const;
      const event = {
        type: 'recheckRequested',
        reasonTextId: await saveText(tx, this.ids, words),
        ...beginRound(request.round + 1, now, this.settings),
      } as const;
      const next = await applyEvent(tx, requestLifecycle, request, id, event, { actor: call.actor, now });
      await auditJudgement(tx, next, now);
      return viewQueueItem(tx, next, call.actor, now);
    });
  }
}
