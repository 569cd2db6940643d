import { scopeOf } from '../domain/access/scope.js';
import { type Eligibility, type Outcome, explainEligibility } from '../domain/policy/eligibility.js';
import { findPolicyPack } from '../domain/policy/packs/index.js';
import type { PolicyPack } from '../domain/policy/policy-pack.js';
import { invalid, notFound } from '../domain/refusals.js';
import { askerOf, judgeEligibility } from './judge-eligibility.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Settings } from '../domain/ports/settings.js';
import type { BillingFacts, OfferFacts, SubscriptionState } from '../domain/subscription/subscription.js';
import type { Reason } from '../domain/policy/explanation.js';
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

/**
 * Tells beforehand whether a subscription could ever be exempted, who would have to ask, and why. Stores nothing.
 * Bare facts are judged without an asker: what policy says of them is the same for everybody.
 */
@Injectable()
export class ExplainEligibility {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: ExplainEligibilityCommand): Promise<EligibilityView> {
    const pack = this.packOf(command.pack);
    const asOf = command.asOf ?? this.clock.now();
    const { outcome, requester, reasons, nextSteps } =
      'facts' in command.about
        ? judgeBareFacts(command.about.facts, pack, asOf)
        : await this.judgeRegistered(call, command.about.subscriptionId, pack, asOf);
    return { outcome, pack: pack.id, requester, reasons, nextSteps };
  }

  private judgeRegistered(
    call: Call,
    subscriptionId: string,
    pack: PolicyPack,
    asOf: Instant,
  ): Promise<Eligibility> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const scope = scopeOf(call.actor);
      const subscription = await tx.subscriptions.find(scope, subscriptionId.toLowerCase(), this.clock.now());
      if (subscription === null) throw notFound();
      const asking = { requester: askerOf(call.actor), relayCannotBeUsed: null, apartFrom: null };
      return judgeEligibility(tx, subscription, pack, asking, asOf);
    });
  }

  private packOf(id: string | null): PolicyPack {
    const pack = findPolicyPack(id ?? this.settings.defaultPack);
    if (pack !== null) return pack;
    throw invalid('unknown-pack', 'There is no such version of the policy.', 'Choose one of P0 to P10.');
  }
}

function judgeBareFacts(facts: BareFacts, pack: PolicyPack, asOf: Instant): Eligibility {
  return explainEligibility({
    ...facts,
    pack,
    asOf,
    requester: null,
    coolingDownUntil: null,
    live: { request: false, exemption: false },
  });
}
