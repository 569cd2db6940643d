import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Settings } from '../domain/ports/settings.js';
import type { BillingFacts, OfferFacts, SubscriptionState } from '../domain/subscription/subscription.js';
import type { Reason } from '../domain/policy/explanation.js';
import type { Outcome } from '../domain/policy/eligibility.js';
import type { Instant } from '../domain/instants.js';
import type { Call } from './call.js';

/** Facts as somebody states them: nothing of it has to be registered. What is null was not said. */
export interface BareFacts {
  readonly offer: OfferFacts;
  readonly createdAt: Instant;
  readonly state: SubscriptionState | null;
  readonly partnerTenantId: string | null;
  readonly billing: BillingFacts | null;
}

export interface ExplainEligibilityCommand {
  /** A registered subscription in the caller's scope, or bare facts. */
  readonly about: { readonly subscriptionId: string } | { readonly facts: BareFacts };
  /** Null: the pack in force. */
  readonly pack: string | null;
  /** Null: now. */
  readonly asOf: Instant | null;
}

export interface EligibilityView {
  readonly outcome: Outcome;
  readonly pack: string;
  readonly requester: 'customer' | 'partner' | null;
  readonly reasons: readonly Reason[];
  readonly nextSteps: readonly string[];
}

@Injectable()
export class ExplainEligibility {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: ExplainEligibilityCommand): Promise<EligibilityView> {
    throw new Error('not built yet');
  }
}
