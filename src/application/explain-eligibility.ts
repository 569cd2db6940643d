import { scopeOf } from '../domain/access/scope.js';
import { type Eligibility, type Outcome, explainEligibility } from '../domain/policy/eligibility.js';
import { findPolicyPack } from '../domain/policy/packs/index.js';
import type { PolicyPack } from '../domain/policy/policy-pack.js';
import { invalid, notFound } from '../domain/refusals.js';
import { askerOf, judgeEligibility } from './judge-eligibility.js';
import type { RestartPreview } from '../domain/enforcement/preview.js';
import type { PreviewNote } from '../domain/enforcement/preview-words.js';
import { defaultRestartPlan, type RestartPlan } from '../domain/enforcement/restart-plan.js';
import { PreviewRestarts } from './preview-restarts.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Settings } from '../domain/ports/settings.js';
import type {
  BillingFacts,
  OfferFacts,
  SubscriptionFacts,
  SubscriptionState,
} from '../domain/subscription/subscription.js';
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

/** A subscription, and the plan that its machines would be restarted by; what is left out is as in the default plan. */
export interface RegisteredSubscription {
  readonly subscriptionId: string;
  readonly restart: Partial<RestartPlan>;
}

export interface ExplainEligibilityCommand {
  /** A registered subscription in the caller's scope, or bare facts. */
  readonly about: RegisteredSubscription | { readonly facts: BareFacts };
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
  /** What restarting its machines would do; of a registered subscription only. */
  readonly preview?: RestartPreview | null;
  readonly previewUnavailable?: PreviewNote | null;
}

/**
 * Tells beforehand whether a subscription could ever be exempted, who would have to ask, why, and what restarting its
 * machines would do to them. Stores nothing, and answers whatever the cloud does.
 * Bare facts are judged without an asker: what policy says of them is the same for everybody.
 */
@Injectable()
export class ExplainEligibility {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly preview: PreviewRestarts,
  ) {}

  async run(call: Call, command: ExplainEligibilityCommand): Promise<EligibilityView> {
    const pack = this.packOf(command.pack);
    const asOf = command.asOf ?? this.clock.now();
    if ('facts' in command.about) return shown(judgeBareFacts(command.about.facts, pack, asOf), pack);
    const { subscriptionId, restart } = command.about;
    const { eligibility, subscription } = await this.judgeRegistered(call, subscriptionId, pack, asOf);
    const previewed = await this.preview.run(subscription, { ...defaultRestartPlan, ...restart });
    return { ...shown(eligibility, pack), ...previewed };
  }

  /** The transaction has ended before the cloud is asked: nobody's connection waits for that. */
  private judgeRegistered(
    call: Call,
    subscriptionId: string,
    pack: PolicyPack,
    asOf: Instant,
  ): Promise<{ readonly eligibility: Eligibility; readonly subscription: SubscriptionFacts }> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const scope = scopeOf(call.actor);
      const subscription = await tx.subscriptions.find(scope, subscriptionId.toLowerCase(), this.clock.now());
      if (subscription === null) throw notFound();
      const asking = { requester: askerOf(call.actor), relayCannotBeUsed: null, apartFrom: null };
      return { eligibility: await judgeEligibility(tx, subscription, pack, asking, asOf), subscription };
    });
  }

  private packOf(id: string | null): PolicyPack {
    const pack = findPolicyPack(id ?? this.settings.defaultPack);
    if (pack !== null) return pack;
    throw invalid(
      'unknown-pack',
      'There is no such version of the policy.',
      'Choose one of P0 to P10.',
      '/pack',
    );
  }
}

function shown(eligibility: Eligibility, pack: PolicyPack): EligibilityView {
  const { outcome, requester, reasons, nextSteps } = eligibility;
  return { outcome, pack: pack.id, requester, reasons, nextSteps };
}

function judgeBareFacts(facts: BareFacts, pack: PolicyPack, asOf: Instant): Eligibility {
  return explainEligibility({
    ...facts,
    pack,
    asOf,
    requester: null,
    coolingDownUntil: null,
    live: { request: false, exemption: false, formerExemption: false },
  });
}
