import { judgeViolation } from './judge-violation.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { ViolationView } from './views/violation-view.js';
import type { Call } from './call.js';

export interface DismissViolationCommand {
  readonly violationId: string;
  readonly internalReason: string;
}

/** Dismisses an alleged violation for good. */
@Injectable()
export class DismissViolation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: DismissViolationCommand): Promise<ViolationView> {
    return this.unitOfWork.run(call, (tx) =>
      judgeViolation(tx, this.ids, call, { ...command, as: 'dismissed' }, this.clock.now()),
    );
  }
}
