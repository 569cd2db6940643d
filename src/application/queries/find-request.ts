import { scopeOf } from '../../domain/access/scope.js';
import { notFound } from '../../domain/refusals.js';
import { type RequestView, viewRequest } from '../views/request-view.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { Call } from '../call.js';

/** One request in the caller's scope, or the one 404. */
@Injectable()
export class FindRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, requestId: string): Promise<RequestView> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const request = await tx.requests.find(scopeOf(call.actor), requestId, this.clock.now());
      if (request === null) throw notFound();
      return viewRequest(tx, request, call.actor);
    });
  }
}
