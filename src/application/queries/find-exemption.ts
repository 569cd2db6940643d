import { scopeOf } from '../../domain/access/scope.js';
import { notFound } from '../../domain/refusals.js';
import { viewExemption } from '../views/view-exemption.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import type { ExemptionView } from '../views/exemption-view.js';
import type { Call } from '../call.js';

/** One exemption in the caller's scope, or the one 404. */
@Injectable()
export class FindExemption {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, exemptionId: string): Promise<ExemptionView> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const exemption = await tx.exemptions.find(scopeOf(call.actor), exemptionId, this.clock.now());
      if (exemption === null) throw notFound();
      return viewExemption(tx, exemption, call.actor);
    });
  }
}
