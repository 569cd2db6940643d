import { actorRef } from '../domain/access/actor.js';
import { addMilliseconds } from '../domain/instants.js';
import { lockLiveRequest, mustNotBeClaimedByAnother } from './lock-request.js';
import { viewQueueItem } from './views/view-queue-item.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Settings } from '../domain/ports/settings.js';
import type { QueueItem } from './views/review-view.js';
import type { Call } from './call.js';

export interface ClaimRequestCommand {
  readonly requestId: string;
}

/**
 * Takes a request to oneself for a while (30 minutes by default, renewed by claiming again), so that two people do
 * not work on the same one. Nobody needs a claim to decide.
 */
@Injectable()
export class ClaimRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  run(call: Call, command: ClaimRequestCommand): Promise<QueueItem> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const request = await lockLiveRequest(tx, call, command.requestId, now);
      await mustNotBeClaimedByAnother(tx, call, request, now);
      const until = addMilliseconds(now, this.settings.claimMs);
      await tx.claims.save({ requestId: request.id, by: actorRef(call.actor), claimedAt: now, until });
      await tx.audit('request-claimed', { type: 'request', id: request.id }, { until });
      return viewQueueItem(tx, request, call.actor, now);
    });
  }
}
