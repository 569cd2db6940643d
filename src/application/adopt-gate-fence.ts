import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import type { AdminExemptionView } from './views/exemption-view.js';
import type { Call } from './call.js';

export interface AdoptGateFenceCommand {
  readonly subscriptionId: string;
}

@Injectable()
export class AdoptGateFence {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, command: AdoptGateFenceCommand): Promise<AdminExemptionView> {
    throw new Error('not built yet');
  }
}
