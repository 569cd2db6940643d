import { Injectable } from '@nestjs/common';
import { scopeOf } from '../domain/access/scope.js';
import { evidenceRank } from '../domain/enforcement/machine.js';
import { Clock } from '../domain/ports/clock.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { alreadyFinal, notFound } from '../domain/refusals.js';
import type { Call } from './call.js';
import type { MachineRow } from './views/exemption-view.js';
import { latestRestarts, viewMachine } from './views/machine-row.js';

export interface RecordStatementCommand {
  readonly exemptionId: string;
  readonly vmId: string;
}

/**
 * Its owner says that a machine was stopped and started: recorded once a machine and fence, never enough, and each time a
 * reason to look at once. Gives the
 * machine's row, which says what was seen instead. 409 `exemption-ended` where nothing is looked at any more.
 */
@Injectable()
export class RecordStatement {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  run(call: Call, { exemptionId, vmId }: RecordStatementCommand): Promise<MachineRow> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const exemption = await tx.exemptions.find(scopeOf(call.actor), exemptionId.toLowerCase(), now);
      if (exemption === null) throw notFound();
      const restarts = latestRestarts(await tx.restarts.ofExemption(exemption.id));
      const restart = restarts.find((one) => one.vmId === vmId.toLowerCase());
      if (restart === undefined) throw notFound();
      await tx.replayIfAnswered();
      if (exemption.endedAt !== null)
        throw alreadyFinal(
          'exemption-ended',
          'The exemption has ended; its machines are not looked at any more.',
          'File a new request.',
        );
      const { subscriptionId, tenantId } = restart;
      const machine = { subscriptionId, tenantId, vmId: restart.vmId };
      const source = `${evidenceRank['owner-said']}: its owner says that it was stopped and started`;
      const said = { kind: 'owner-said', fact: 'said-cycled', at: now, source, operation: null } as const;
      await tx.effects.add([{ type: 'conduct-restarts', exemptionId: exemption.id }]);
      const wasSaid = (await tx.evidence.latestOf(subscriptionId, [restart.vmId], 1)).some(
        ({ kind, fence }) => kind === 'owner-said' && fence === exemption.fence,
      );
      if (!wasSaid) {
        await tx.evidence.addAll([{ ...machine, ...said, fence: exemption.fence }]);
        await tx.audit('machine-statement', { type: 'exemption', id: exemption.id }, { vmId: restart.vmId });
      }
      return viewMachine(tx, restart, exemption, { actor: call.actor, now });
    });
  }
}
