import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import { applyEvent } from './apply-event.js';
import { lockLiveRequest, versionMatchesIfNamed } from './lock-request.js';
import { saveText } from './save-text.js';
import { type RequestView, viewRequest } from './views/request-view.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { Call } from './call.js';

export interface WithdrawRequestCommand {
  readonly requestId: string;
  readonly reason: string | null;
}

/** Takes an undecided request back. The customer may, and whoever filed it for them. */
@Injectable()
export class WithdrawRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  run(call: Call, command: WithdrawRequestCommand): Promise<RequestView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const request = await lockLiveRequest(tx, call, command.requestId, now);
      versionMatchesIfNamed(call, request.version);
      const { id, tenantId } = request;
      const words = { tenantId, about: 'request', aboutId: id } as const;
      const reasonTextId =
        command.reason === null ? null : await saveText(tx, this.ids, { ...words, text: command.reason });
      const event = { type: 'withdrawn', reasonTextId } as const;
      const next = await applyEvent(tx, requestLifecycle, request, id, event, { actor: call.actor, now });
      await tx.claims.release(id);
      return viewRequest(tx, next, call.actor, now);
    });
  }
}
