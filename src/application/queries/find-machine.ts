import { Injectable } from '@nestjs/common';
import { scopeOf } from '../../domain/access/scope.js';
import { Clock } from '../../domain/ports/clock.js';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { notFound } from '../../domain/refusals.js';
import type { Call } from '../call.js';
import type { MachineRow } from '../views/exemption-view.js';
import { latestRestarts, viewMachine } from '../views/machine-row.js';

/** One machine of an exemption in the caller's scope, or the one 404. */
@Injectable()
export class FindMachine {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, exemptionId: string, vmId: string): Promise<MachineRow> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const exemption = await tx.exemptions.find(scopeOf(call.actor), exemptionId, this.clock.now());
      if (exemption === null) throw notFound();
      const restarts = latestRestarts(await tx.restarts.ofExemption(exemption.id));
      const restart = restarts.find((one) => one.vmId === vmId);
      if (restart === undefined) throw notFound();
      return viewMachine(tx, restart, exemption, { actor: call.actor, now: this.clock.now() });
    });
  }
}
