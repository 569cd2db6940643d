import { type Call, versionMustMatch } from './call.js';
import { judgeRight } from './judge-eligibility.js';
import { lockLiveExemption } from './lock-exemption.js';
import { mustBePossible } from './must-be-possible.js';
import { viewExemptionForStaff } from './views/view-exemption.js';
import { reinstate } from './order-exemption.js';
import { Injectable } from '@nestjs/common';
import { exemptionLifecycle } from '../domain/exemption/exemption.lifecycle.js';
import { type Exemption, needsTwoToReinstate } from '../domain/exemption/exemption.js';
import type { Instant } from '../domain/instants.js';
import { movedToAnotherTenant } from '../domain/policy/change-after-grant.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { conflict, notFound, policyRefuses } from '../domain/refusals.js';
import type { SubscriptionFacts } from '../domain/subscription/subscription.js';
import type { AdminExemptionView } from './views/exemption-view.js';

export interface ReinstateExemptionCommand {
  readonly exemptionId: string;
  readonly internalReason: string;
}

/**
 * Gives a suspended right back, by somebody else than who suspended it; the gate opens with a new fence. Where policy
 * suspended it, or would have meanwhile, the first Approver's word is kept and a second one's gives it back. The facts of
 * now are judged with the grant's pack: 422 with all refusals; 409 where the subscription changed hands.
 */
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
      const context = { actor: call.actor, now };
      const subscription = await subscriptionOf(tx, command.exemptionId, now);
      const exemption = await lockLiveExemption(tx, call, command.exemptionId, now);
      versionMustMatch(call, exemption.version);
      const textId = this.ids.next();
      const isFirstOfTwo =
        needsTwoToReinstate(exemption) && (exemption.suspension?.firstReinstatement ?? null) === null;
      const event = { type: 'reinstated', fence: exemption.fence + 1, textId, isFirstOfTwo } as const;
      mustBePossible(exemptionLifecycle, exemption, event, context);
      mustBelongToItsTenant(exemption, subscription);
      await mustStillBeGrantable(tx, exemption, subscription, now);
      const next = await reinstate(tx, exemption, { textId, isFirstOfTwo }, context);
      const about = { tenantId: exemption.tenantId, about: 'exemption', aboutId: exemption.id } as const;
      await tx.texts.save([{ ...about, id: textId, text: command.internalReason }]);
      return viewExemptionForStaff(tx, next, call.actor);
    });
  }
}

/** Held first, as everybody does, so that the facts do not change between the judgement and the commit. */
async function subscriptionOf(
  tx: Transaction,
  exemptionId: string,
  now: Instant,
): Promise<SubscriptionFacts> {
  const found = await tx.exemptions.find({ kind: 'platform' }, exemptionId.toLowerCase(), now);
  if (found === null) throw notFound();
  const subscription = await tx.subscriptions.lock({ kind: 'platform' }, found.subscriptionId, now);
  if (subscription === null) throw new Error('an exemption without its subscription');
  return subscription;
}

/** The lifecycle refuses what was suspended for it; this is what was registered before that was kept. */
function mustBelongToItsTenant(exemption: Exemption, subscription: SubscriptionFacts): void {
  if (!movedToAnotherTenant(exemption, subscription)) return;
  throw conflict(
    'subscription-moved',
    'The subscription belongs to another tenant now than the one that this right was granted to.',
    'Revoke it with the reason "subscription-moved"; whoever it belongs to now may file.',
  );
}

async function mustStillBeGrantable(
  tx: Transaction,
  exemption: Exemption,
  subscription: SubscriptionFacts,
  now: Instant,
): Promise<void> {
  const refusals = await judgeRight(tx, exemption, subscription, now);
  if (refusals.length > 0) throw policyRefuses(refusals);
}
