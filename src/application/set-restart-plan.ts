import { scopeOf } from '../domain/access/scope.js';
import { exemptionLifecycle } from '../domain/exemption/exemption.lifecycle.js';
import type { Exemption, ExemptionState } from '../domain/exemption/exemption.js';
import { alreadyFinal, conflict, notFound } from '../domain/refusals.js';
import { applyEvent } from './apply-event.js';
import { impossibleWindow, mustBeTakeable } from './must-be-takeable.js';
import { versionMatchesIfNamed } from './lock-request.js';
import { viewExemption } from './views/view-exemption.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Settings } from '../domain/ports/settings.js';
import type { RestartPlan } from '../domain/enforcement/restart-plan.js';
import type { ExemptionView } from './views/exemption-view.js';
import type { Call } from './call.js';

export interface SetRestartPlanCommand {
  readonly exemptionId: string;
  readonly plan: RestartPlan;
}

/**
 * Says how machines are to be restarted: by Postern or by their owner, when, and how many at once. The customer and
 * whoever filed for it may. 409 `plan-not-changeable` once the right is suspended or ends: then the operator's rules hold.
 */
@Injectable()
export class SetRestartPlan {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  run(call: Call, command: SetRestartPlanCommand): Promise<ExemptionView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const id = command.exemptionId.toLowerCase();
      const exemption = await tx.exemptions.lock(scopeOf(call.actor), id, now);
      if (exemption === null) throw notFound();
      const rules = { now, shortestMs: this.settings.shortestWindowMs };
      mustBeTakeable(impossibleWindow(command.plan.window, rules, '/window'));
      mustBeChangeable(exemption);
      versionMatchesIfNamed(call, exemption.version);
      const event = { type: 'planChanged', restartPlan: command.plan } as const;
      const context = { actor: call.actor, now };
      const next = await applyEvent(tx, exemptionLifecycle, exemption, id, event, context);
      return viewExemption(tx, next, call.actor);
    });
  }
}

const inWords: Readonly<Record<ExemptionState, string | null>> = {
  enabling: null,
  effective: null,
  suspended: 'The exemption is suspended: no machine is stopped and started for it until it is reinstated.',
  revoking:
    'The exemption is being revoked: its machines are closed under the operator’s limit, not under a plan.',
  expiring: 'The exemption is ending: its machines are closed under the operator’s limit, not under a plan.',
  revoked: 'The exemption was revoked; there is nothing left to plan.',
  expired: 'The exemption has expired; there is nothing left to plan.',
};

function mustBeChangeable({ state, endedAt }: Exemption): void {
  const why = inWords[state];
  if (why === null) return;
  const refuse = endedAt === null ? conflict : alreadyFinal;
  throw refuse(
    'plan-not-changeable',
    why,
    'Read the exemption: it says where it stands and what may follow.',
  );
}
