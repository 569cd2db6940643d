import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import type { RequestView } from './views/request-view.js';
import type { Sending } from './submit-request.js';
import type { Call } from './call.js';

export interface GiveInformationCommand {
  readonly requestId: string;
  readonly answer: string;
  /** What changed of the description of the mail; null where nothing did. */
  readonly sending: Partial<Sending> | null;
}

@Injectable()
export class GiveInformation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: GiveInformationCommand): Promise<RequestView> {
    throw new Error('not built yet');
  }
}
