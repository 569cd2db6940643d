import { scopeOf } from '../../domain/access/scope.js';
import { type Listed, cutToPage, withOneMore } from '../views/listed.js';
import { type RequestStatus, statesOfStatus } from '../../domain/derived/status.js';
import { type RequestView, viewRequest } from '../views/request-view.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { Instant } from '../../domain/instants.js';
import type { RequestState } from '../../domain/request/request.js';
import type { Call } from '../call.js';

export interface ListRequestsQuery {
  readonly state: RequestState | null;
  readonly status: RequestStatus | null;
  readonly subscriptionId: string | null;
  readonly customerTenantId: string | null;
  readonly createdAfter: Instant | null;
}

/** The requests in the caller's scope, newest first. A derived status is turned back into the states behind it. */
@Injectable()
export class ListRequests {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, query: ListRequestsQuery, page: Page): Promise<Listed<RequestView>> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const named = query.status === null ? null : statesOfStatus(query.status);
      const states =
        query.state === null
          ? (named?.states ?? null)
          : [query.state].filter((state) => named === null || named.states.includes(state));
      const { subscriptionId, customerTenantId, createdAfter } = query;
      const filter = {
        states,
        exemptionStates: named?.exemptionStates ?? null,
        subscriptionId,
        customerTenantId,
        createdAfter,
      };
      const now = this.clock.now();
      const rows = await tx.requests.list(scopeOf(call.actor), filter, withOneMore(page), now);
      const { rows: kept, next } = cutToPage(rows, page, ({ submittedAt, id }) => ({
        sort: submittedAt,
        id,
      }));
      const items: RequestView[] = [];
      for (const request of kept) items.push(await viewRequest(tx, request, call.actor, now));
      return { items, next };
    });
  }
}
