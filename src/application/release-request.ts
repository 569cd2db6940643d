import { lockLiveRequest, mustNotBeClaimedByAnother } from './lock-request.js';
import { viewQueueItem } from './views/view-queue-item.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import type { QueueItem } from './views/review-view.js';
import type { Call } from './call.js';

export interface ReleaseRequestCommand {
  readonly requestId: string;
}

/** Gives a claimed request back to the queue. Releasing what nobody holds changes nothing. */
@Injectable()
export class ReleaseRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  run(call: Call, command: ReleaseRequestCommand): Promise<QueueItem> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const request = await lockLiveRequest(tx, call, command.requestId, now);
      await mustNotBeClaimedByAnother(tx, call, request, now);
      await tx.claims.release(request.id);
      await tx.audit('request-released', { type: 'request', id: request.id });
      return viewQueueItem(tx, request, call.actor, now);
    });
  }
}
