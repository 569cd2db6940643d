import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { QueueItem } from '../views/review-view.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { Listed } from '../views/listed.js';
import type { QueueFilter } from '../../domain/ports/aggregate-stores.js';
import type { Call } from '../call.js';

@Injectable()
export class ReviewQueue {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, filter: QueueFilter, page: Page): Promise<Listed<QueueItem>> {
    throw new Error('not built yet');
  }
}
