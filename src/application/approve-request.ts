import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { QueueItem } from './views/review-view.js';
import type { Instant } from '../domain/instants.js';
import type { Call } from './call.js';

export interface ApproveRequestCommand {
  readonly requestId: string;
  readonly reason: string;
  readonly expiresOn: Instant | null;
  readonly conditions: string | null;
  /** Checks whose `unknown` or `error` the decider accepts knowingly. */
  readonly acceptedUnknowns: readonly string[];
}

@Injectable()
export class ApproveRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: ApproveRequestCommand): Promise<QueueItem> {
    throw new Error('not built yet');
  }
}
