import { applyEvent } from './apply-event.js';
import { lockLiveExemption } from './lock-exemption.js';
import { restartLifecycle } from '../domain/enforcement/restart.lifecycle.js';
import { conflict, notFound } from '../domain/refusals.js';
import { viewMachine } from './views/machine-row.js';
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
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const exemption = await lockLiveExemption(tx, call, command.exemptionId, now);
      const restart = await tx.restarts.lockLatest(exemption.id, command.vmId);
      if (restart === null) throw notFound();
      // Told for every state of such a machine, not only where its table has a row for it.
      if (restart.direction === 'revoke') throw revocationSkipsNothing();
      const reasonTextId = this.ids.next();
      const event = { type: 'skipOrdered', reasonTextId } as const;
      const next = await applyEvent(tx, restartLifecycle, restart, restart.id, event, {
        actor: call.actor,
        now,
      });
      await tx.texts.save([
        {
          id: reasonTextId,
          tenantId: restart.tenantId,
          about: 'restart',
          aboutId: restart.id,
          text: command.reason,
        },
      ]);
      return viewMachine(tx, next, exemption);
    });
  }
}

function revocationSkipsNothing() {
  return conflict(
    'revocation-cannot-skip',
    'A revocation ends only when every machine is closed or gone; none of them can be skipped.',
    'Remove what blocks the machine, then retry it.',
  );
}
