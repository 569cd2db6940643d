import { scopeOf } from '../../domain/access/scope.js';
import { notFound } from '../../domain/refusals.js';
import { type RequestPage, viewRequestPage } from '../views/request-page.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { Call } from '../call.js';

/** One request in the caller's scope with what restarting its machines would do, or the one 404. */
@Injectable()
export class FindRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, requestId: string): Promise<RequestPage> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const now = this.clock.now();
      const found = await tx.requests.findWithPreview(scopeOf(call.actor), requestId, now);
      if (found === null) throw notFound();
      return viewRequestPage(tx, found, call.actor, now);
    });
  }
}
