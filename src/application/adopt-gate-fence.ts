import { applyEvent } from './apply-event.js';
import { exemptionLifecycle } from '../domain/exemption/exemption.lifecycle.js';
import { gateLifecycle } from '../domain/gate/gate.lifecycle.js';
import { isBelievableFence } from '../domain/gate/ended-gate.js';
import { conflict, notFound } from '../domain/refusals.js';
import { viewExemptionForStaff } from './views/view-exemption.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import type { AdminExemptionView } from './views/exemption-view.js';
import type { Call } from './call.js';

export interface AdoptGateFenceCommand {
  readonly subscriptionId: string;
}

/** Takes over the platform's larger fence after a restore or a foreign move (fault F21): nothing opens by itself. */
@Injectable()
export class AdoptGateFence {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, command: AdoptGateFenceCommand): Promise<AdminExemptionView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const context = { actor: call.actor, now };
      const found = await tx.gates.find(command.subscriptionId.toLowerCase());
      const exemption =
        found === null ? null : await tx.exemptions.lock({ kind: 'platform' }, found.exemptionId, now);
      const gate = found === null ? null : await tx.gates.lock(found.id);
      if (gate === null || exemption === null) throw notFound();
      await tx.replayIfAnswered();
      if (gate.state !== 'disputed' || gate.theirFence === null) {
        throw conflict(
          'gate-not-disputed',
          `The gate is ${gate.state}: there is no larger fence to adopt.`,
          'Nothing to do.',
        );
      }
      if (!isBelievableFence(gate.theirFence, gate.fence)) {
        throw conflict(
          'fence-not-believed',
          `The gate said that it stands at fence ${String(gate.theirFence)}, which no number of orders can have led to.`,
          'Have the gate’s service mended. Nothing here takes that fence over.',
        );
      }
      const event = { type: 'fenceAdopted', fence: Math.max(gate.theirFence, gate.fence) + 1 } as const;
      await applyEvent(tx, gateLifecycle, gate, gate.id, event, context);
      const next = await applyEvent(tx, exemptionLifecycle, exemption, exemption.id, event, context);
      return viewExemptionForStaff(tx, next, call.actor);
    });
  }
}
