import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { ExemptionView } from '../views/exemption-view.js';
import type { Call } from '../call.js';

@Injectable()
export class FindExemption {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, exemptionId: string): Promise<ExemptionView> {
    throw new Error('not built yet');
  }
}
