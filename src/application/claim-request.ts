import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Settings } from '../domain/ports/settings.js';
import type { QueueItem } from './views/review-view.js';
import type { Call } from './call.js';

export interface ClaimRequestCommand {
  readonly requestId: string;
}

@Injectable()
export class ClaimRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: ClaimRequestCommand): Promise<QueueItem> {
    throw new Error('not built yet');
  }
}
