import type { Restart } from '../domain/enforcement/restart.js';
import { steerRestart } from './steer-restart.js';
import { conflict } from '../domain/refusals.js';
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

/** Tells the product not to touch a machine; never in a revocation (409 `revocation-cannot-skip`). */
@Injectable()
export class SkipRestart {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: SkipRestartCommand): Promise<MachineRow> {
    const order = { ...command, as: 'skipOrdered', mayBeGiven: mustNotCloseAMachine } as const;
    return this.unitOfWork.run(call, (tx) => steerRestart(tx, this.ids, call, order, this.clock.now()));
  }
}

/** Told for every state of such a machine, not only where its table has a row for it. */
function mustNotCloseAMachine(restart: Restart): void {
  if (restart.direction === 'enable') return;
  throw conflict(
    'revocation-cannot-skip',
    'A revocation ends only when every machine is closed or gone; none of them can be skipped.',
    'Remove what blocks the machine, then retry it.',
  );
}
