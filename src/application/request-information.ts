import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import type { QueueItem } from './views/review-view.js';
import type { Call } from './call.js';

export interface RequestInformationCommand {
  readonly requestId: string;
  readonly question: string;
  /** Names of the fields that the question is about, as in the body of a submit. */
  readonly fields: readonly string[];
}

@Injectable()
export class RequestInformation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: RequestInformationCommand): Promise<QueueItem> {
    throw new Error('not built yet');
  }
}
