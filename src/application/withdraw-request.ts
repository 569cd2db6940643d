import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { RequestView } from './views/request-view.js';
import type { Call } from './call.js';

export interface WithdrawRequestCommand {
  readonly requestId: string;
  readonly reason: string | null;
}

@Injectable()
export class WithdrawRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: WithdrawRequestCommand): Promise<RequestView> {
    throw new Error('not built yet');
  }
}
