import { steerRestart } from './steer-restart.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { MachineRow } from './views/exemption-view.js';
import type { Call } from './call.js';

export interface RetryRestartCommand {
  readonly exemptionId: string;
  readonly vmId: string;
  readonly reason: string;
}

/** Lets a machine's restart be tried again that failed, is blocked, or was skipped. */
@Injectable()
export class RetryRestart {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: RetryRestartCommand): Promise<MachineRow> {
    const order = { ...command, as: 'retried' } as const;
    return this.unitOfWork.run(call, (tx) => steerRestart(tx, this.ids, call, order, this.clock.now()));
  }
}
