import { applyEvent } from './apply-event.js';
import { lockLiveExemption } from './lock-exemption.js';
import { restartLifecycle } from '../domain/enforcement/restart.lifecycle.js';
import { notFound } from '../domain/refusals.js';
import { viewMachine } from './views/machine-row.js';
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
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const exemption = await lockLiveExemption(tx, call, command.exemptionId, now);
      const restart = await tx.restarts.lockLatest(exemption.id, command.vmId);
      if (restart === null) throw notFound();
      const reasonTextId = this.ids.next();
      const event = { type: 'retried', reasonTextId } as const;
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
