import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { RequestView } from '../views/request-view.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { Listed } from '../views/listed.js';
import type { Instant } from '../../domain/instants.js';
import type { RequestState } from '../../domain/request/request.js';
import type { RequestStatus } from '../../domain/derived/status.js';
import type { Call } from '../call.js';

export interface ListRequestsQuery {
  readonly state: RequestState | null;
  readonly status: RequestStatus | null;
  readonly subscriptionId: string | null;
  readonly customerTenantId: string | null;
  readonly createdAfter: Instant | null;
}

@Injectable()
export class ListRequests {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, query: ListRequestsQuery, page: Page): Promise<Listed<RequestView>> {
    throw new Error('not built yet');
  }
}
