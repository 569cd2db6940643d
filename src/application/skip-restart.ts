import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { MachineRow } from './views/exemption-view.js';
import type { Call } from './call.js';

export interface SkipRestartCommand {
  readonly exemptionId: string;
  readonly vmId: string;
  readonly reason: string;
}

@Injectable()
export class SkipRestart {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: SkipRestartCommand): Promise<MachineRow> {
    throw new Error('not built yet');
  }
}
