import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import type { RestartPlan } from '../domain/enforcement/restart-plan.js';
import type { ExemptionView } from './views/exemption-view.js';
import type { Call } from './call.js';

export interface SetRestartPlanCommand {
  readonly exemptionId: string;
  readonly plan: RestartPlan;
}

@Injectable()
export class SetRestartPlan {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, command: SetRestartPlanCommand): Promise<ExemptionView> {
    throw new Error('not built yet');
  }
}
