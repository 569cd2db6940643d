import { scopeOf } from '../../domain/access/scope.js';
import { notFound } from '../../domain/refusals.js';
import { pinnedPack } from '../judge-eligibility.js';
import { viewSubscription } from '../views/view-subscription.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import { Settings } from '../../domain/ports/settings.js';
import type { SubscriptionView } from '../views/subscription-view.js';
import type { Call } from '../call.js';

/** One subscription in the caller's scope, or the one 404. */
@Injectable()
export class FindSubscription {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, subscriptionId: string): Promise<SubscriptionView> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const now = this.clock.now();
      const facts = await tx.subscriptions.find(scopeOf(call.actor), subscriptionId, now);
      if (facts === null) throw notFound();
      return viewSubscription(tx, facts, call.actor, pinnedPack(this.settings.defaultPack), now);
    });
  }
}
