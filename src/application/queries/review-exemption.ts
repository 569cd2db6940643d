import { scopeOf } from '../../domain/access/scope.js';
import { notFound } from '../../domain/refusals.js';
import { historyLines, machineLines } from '../views/history-lines.js';
import { viewExemptionForStaff } from '../views/view-exemption.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { ExemptionReview } from '../views/exemption-view.js';
import type { Call } from '../call.js';

/** One exemption with its whole history, for platform staff. */
@Injectable()
export class ReviewExemption {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, exemptionId: string): Promise<ExemptionReview> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const exemption = await tx.exemptions.find(scopeOf(call.actor), exemptionId, this.clock.now());
      if (exemption === null) throw notFound();
      const history = await historyLines(tx, 'exemption', exemption.id);
      const machineHistory = await machineLines(tx, exemption.id);
      return { ...(await viewExemptionForStaff(tx, exemption, call.actor)), history, machineHistory };
    });
  }
}
