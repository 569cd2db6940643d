import { type ChangedFacts, followUpOnGrant, followUpOnRequest } from './follow-up-on-grant.js';
import { pinnedPack } from './judge-eligibility.js';
import { inTheFuture, mustBeTakeable } from './must-be-takeable.js';
import { viewSubscription } from './views/view-subscription.js';
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/instants.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import { changedFacts } from '../domain/subscription/changed-facts.js';
import type { SubscriptionFacts } from '../domain/subscription/subscription.js';
import type { SubscriptionView } from './views/subscription-view.js';
import type { Call } from './call.js';

/** The facts that a decision may rest on: all but the name. */
const relevant = [
  'tenantId',
  'offer',
  'createdAt',
  'state',
  'spendingLimit',
  'partnerTenantId',
  'billing',
] as const satisfies readonly (keyof SubscriptionFacts)[];

export type RegisterSubscriptionCommand = SubscriptionFacts;

export interface RegisteredSubscription {
  /** False where it was registered before. */
  readonly created: boolean;
  readonly subscription: SubscriptionView;
}

/** Registers a subscription's facts, or what changed of them; what is live of a request or exemption follows the change at once. */
@Injectable()
export class RegisterSubscription {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: RegisterSubscriptionCommand): Promise<RegisteredSubscription> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const rules = { now, clockMarginMs: this.settings.clockMarginMs };
      const { createdAt, billing } = command;
      mustBeTakeable(
        inTheFuture('The creation', createdAt, rules, '/createdAt'),
        inTheFuture('The first payment', billing.firstInvoicePaidAt, rules, '/billing/firstInvoicePaidAt'),
      );
      const known = await tx.subscriptions.lock({ kind: 'platform' }, command.subscriptionId, now);
      await tx.subscriptions.save(command, now);
      await tx.audit(
        'subscription.registered',
        { type: 'subscription', id: command.subscriptionId },
        { state: command.state },
      );
      await tx.registrations.add(
        { type: 'subscription', id: command.subscriptionId },
        call.actor,
        now,
        changedFacts(known, command, relevant),
      );
      if (known !== null) await this.followUp(tx, { before: known, after: command }, now);
      const pack = pinnedPack(this.settings.defaultPack);
      return {
        created: known === null,
        subscription: await viewSubscription(tx, command, call.actor, pack, now),
      };
    });
  }

  private async followUp(tx: Transaction, facts: ChangedFacts, now: Instant): Promise<void> {
    await followUpOnRequest(tx, facts, now);
    await followUpOnGrant(tx, facts, { now, nextId: () => this.ids.next() });
  }
}
