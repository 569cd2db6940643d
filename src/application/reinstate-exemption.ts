import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { AdminExemptionView } from './views/exemption-view.js';
import type { Call } from './call.js';

export interface ReinstateExemptionCommand {
  readonly exemptionId: string;
  readonly internalReason: string;
}

@Injectable()
export class ReinstateExemption {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: ReinstateExemptionCommand): Promise<AdminExemptionView> {
    throw new Error('not built yet');
  }
}
