import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { RequestView } from '../views/request-view.js';
import type { Call } from '../call.js';

@Injectable()
export class FindRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, requestId: string): Promise<RequestView> {
    throw new Error('not built yet');
  }
}
