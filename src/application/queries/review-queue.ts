import { type Listed, cutToPage, withOneMore } from '../views/listed.js';
import type { ExemptionRequest } from '../../domain/request/request.js';
import { viewQueueItem } from '../views/view-queue-item.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { QueueItem } from '../views/review-view.js';
import type { Page, QueueFilter } from '../../domain/ports/aggregate-stores.js';
import type { Call } from '../call.js';

/** The requests that wait for somebody, oldest due first, with their clocks and who works on them. */
@Injectable()
export class ReviewQueue {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, filter: QueueFilter, page: Page): Promise<Listed<QueueItem>> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const now = this.clock.now();
      const rows = await tx.requests.queue(filter, withOneMore(page), now);
      const sortOf = ({ reviewDueAt, submittedAt }: ExemptionRequest) =>
        filter.sort === 'due' ? reviewDueAt : submittedAt;
      const { rows: kept, next } = cutToPage(rows, page, (request) => ({
        sort: sortOf(request),
        id: request.id,
      }));
      const items: QueueItem[] = [];
      for (const request of kept) items.push(await viewQueueItem(tx, request, call.actor, now));
      return { items, next };
    });
  }
}
