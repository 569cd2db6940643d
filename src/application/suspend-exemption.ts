import { exemptionLifecycle } from '../domain/exemption/exemption.lifecycle.js';
import { mustBePossible } from './must-be-possible.js';
import { type Call, versionMustMatch } from './call.js';
import { lockLiveExemption } from './lock-exemption.js';
import { viewExemptionForStaff } from './views/view-exemption.js';
import { saveText } from './save-text.js';
import { groundMustStand } from './ground-must-stand.js';
import { pinnedPack } from './judge-eligibility.js';
import { suspend } from './order-exemption.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import type { AdminExemptionView } from './views/exemption-view.js';

export interface SuspendExemptionCommand {
  readonly exemptionId: string;
  readonly reasonCode: string;
  readonly violationId: string | null;
  readonly internalReason: string;
  readonly closeRunning: boolean;
}

/** Suspends a right until an Approver reinstates it: the gate closes; running machines are cycled or left alone. */
@Injectable()
export class SuspendExemption {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: SuspendExemptionCommand): Promise<AdminExemptionView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const context = { actor: call.actor, now };
      const exemption = await lockLiveExemption(tx, call, command.exemptionId, now);
      versionMustMatch(call, exemption.version);
      const { violationId, closeRunning } = command;
      const ordered = { ...command, type: 'suspended', fence: exemption.fence + 1, textId: null } as const;
      mustBePossible(exemptionLifecycle, exemption, ordered, context);
      const reasonCode = await groundMustStand(tx, exemption, command, {
        use: 'suspension',
        packInForce: pinnedPack(this.settings.defaultPack),
        now,
      });
      const textId = await saveText(tx, this.ids, {
        tenantId: exemption.tenantId,
        about: 'exemption',
        aboutId: exemption.id,
        text: command.internalReason,
      });
      const next = await suspend(tx, exemption, { reasonCode, violationId, textId, closeRunning }, context);
      return viewExemptionForStaff(tx, next, call.actor);
    });
  }
}
