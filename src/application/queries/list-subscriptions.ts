import { scopeOf } from '../../domain/access/scope.js';
import { type Listed, cutToPage } from '../views/listed.js';
import { pinnedPack } from '../judge-eligibility.js';
import { viewSubscription } from '../views/view-subscription.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import { Settings } from '../../domain/ports/settings.js';
import type { SubscriptionView } from '../views/subscription-view.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { Call } from '../call.js';

/** The subscriptions in the caller's scope, by id. */
@Injectable()
export class ListSubscriptions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, page: Page): Promise<Listed<SubscriptionView>> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const now = this.clock.now();
      const rows = await tx.subscriptions.list(scopeOf(call.actor), now, {
        after: page.after?.id ?? null,
        limit: page.limit + 1,
      });
      const { rows: kept, next } = cutToPage(rows, page, ({ subscriptionId }) => ({
        sort: subscriptionId,
        id: subscriptionId,
      }));
      const items: SubscriptionView[] = [];
      for (const facts of kept)
        items.push(await viewSubscription(tx, facts, call.actor, pinnedPack(this.settings.defaultPack), now));
      return { items, next };
    });
  }
}
