import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { QueueItem } from './views/review-view.js';
import type { Instant } from '../domain/instants.js';
import type { Call } from './call.js';

export interface DenyRequestCommand {
  readonly requestId: string;
  readonly reasonCode: string;
  readonly internalReason: string;
  /** Null: the pack's cooling-down after a denial. */
  readonly applyAgainOn: Instant | null;
}

@Injectable()
export class DenyRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: DenyRequestCommand): Promise<QueueItem> {
    throw new Error('not built yet');
  }
}
