import { type Call, versionMustMatch } from './call.js';
import { lockLiveExemption } from './lock-exemption.js';
import { viewExemptionForStaff } from './views/view-exemption.js';
import { reinstate } from './order-exemption.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { AdminExemptionView } from './views/exemption-view.js';

export interface ReinstateExemptionCommand {
  readonly exemptionId: string;
  readonly internalReason: string;
}

/** Gives a suspended right back, by somebody else than who suspended it; the gate opens with a new fence. */
@Injectable()
export class ReinstateExemption {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(call: Call, command: ReinstateExemptionCommand): Promise<AdminExemptionView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const exemption = await lockLiveExemption(tx, call, command.exemptionId, now);
      versionMustMatch(call, exemption.version);
      const subscription = await tx.subscriptions.find({ kind: 'platform' }, exemption.subscriptionId, now);
      const textId = this.ids.next();
      // After a transfer the gate serves the tenant that the subscription belongs to now.
      const tenantId = subscription?.tenantId ?? exemption.tenantId;
      const next = await reinstate(tx, exemption, textId, tenantId, { actor: call.actor, now });
      await tx.texts.save([
        {
          id: textId,
          tenantId: exemption.tenantId,
          about: 'exemption',
          aboutId: exemption.id,
          text: command.internalReason,
        },
      ]);
      return viewExemptionForStaff(tx, next, call.actor);
    });
  }
}
