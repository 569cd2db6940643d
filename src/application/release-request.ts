import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import type { QueueItem } from './views/review-view.js';
import type { Call } from './call.js';

export interface ReleaseRequestCommand {
  readonly requestId: string;
}

@Injectable()
export class ReleaseRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, command: ReleaseRequestCommand): Promise<QueueItem> {
    throw new Error('not built yet');
  }
}
