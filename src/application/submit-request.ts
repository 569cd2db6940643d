import { scopeOf } from '../domain/access/scope.js';
import { type RestartPlan, defaultRestartPlan } from '../domain/enforcement/restart-plan.js';
import { type Instant, addMilliseconds } from '../domain/instants.js';
import type { PolicyPack } from '../domain/policy/policy-pack.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { invalid, notFound } from '../domain/refusals.js';
import type { Submitted } from '../domain/request/request-events.js';
import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import type { SubscriptionFacts } from '../domain/subscription/subscription.js';
import { applyEvent } from './apply-event.js';
import { type Consent, mustBeGiven } from './consent.js';
import { beginRound } from './begin-round.js';
import { impossibleWindow, mustBeTakeable, unregistrable } from './must-be-takeable.js';
import { mustBeWithinADay } from './must-be-within-a-day.js';
import { askerOf, judgeEligibility, mustBeEligible, pinnedPack } from './judge-eligibility.js';
import { type RequestView, nothingAround, presentRequest } from './views/request-view.js';
import { Injectable } from '@nestjs/common';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { RegistrableDomains } from '../domain/ports/registrable-domains.js';
import { Settings } from '../domain/ports/settings.js';
import type { RequestParticulars } from '../domain/ports/record-stores.js';
import type { Call } from './call.js';

export type Sending = RequestParticulars['sending'];

export interface SubmitRequestCommand {
  readonly subscriptionId: string;
  readonly classification: string;
  readonly justification: string;
  readonly relayCannotBeUsed: boolean;
  readonly sending: Sending;
  readonly contact: { readonly name: string; readonly email: string; readonly language: string };
  /** From a partner, and from a partner only. */
  readonly onBehalfOf: {
    readonly customerTenantId: string;
    readonly consent: Consent | null;
  } | null;
  /** What is left out is as in the default plan. */
  readonly restart: Partial<RestartPlan> | null;
}

/**
 * Files a request: judged with the pack in force, which it is pinned to, and followed by one queued check each. The
 * subscription's row is held, so that of many filers at once one succeeds (I2); the others are told 409.
 * Refuses with 404 (unregistered or foreign), 422 (policy, all reasons), 409 (only conflicts) or 429 (a day's filings).
 */
@Injectable()
export class SubmitRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
    private readonly suffixes: RegistrableDomains,
  ) {}

  run(call: Call, command: SubmitRequestCommand): Promise<RequestView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const subscription = await this.lockSubscription(tx, call, command, now);
      const pack = pinnedPack(this.settings.defaultPack);
      await mustBeAllowedToAsk(tx, call, command, subscription, pack, now);
      await mustBeWithinADay(tx, subscription, this.settings, now);
      const event = this.eventOf(command, subscription, pack, now);
      const id = this.ids.next();
      const context = { actor: call.actor, now };
      const request = await applyEvent(tx, requestLifecycle, null, id, event, context);
      await tx.particulars.save({
        requestId: id,
        tenantId: subscription.tenantId,
        justification: command.justification,
        sending: command.sending,
        contact: command.contact,
        consent: command.onBehalfOf?.consent ?? null,
      });
      return presentRequest(request, call.actor, nothingAround);
    });
  }

  private async lockSubscription(
    tx: Transaction,
    call: Call,
    command: SubmitRequestCommand,
    now: Instant,
  ): Promise<SubscriptionFacts> {
    const id = command.subscriptionId.toLowerCase();
    const subscription = await tx.subscriptions.lock(scopeOf(call.actor), id, now);
    if (subscription === null) throw notFound();
    mustBeFiledForItsTenant(call, command, subscription);
    this.mustBeTakeable(command, now);
    await tx.replayIfAnswered();
    return subscription;
  }

  private mustBeTakeable({ sending, restart, onBehalfOf }: SubmitRequestCommand, now: Instant): void {
    const { clockMarginMs, shortestWindowMs: shortestMs } = this.settings;
    mustBeGiven(onBehalfOf?.consent ?? null, now, clockMarginMs, '/onBehalfOf/consent');
    mustBeTakeable(
      unregistrable(sending.domains, this.suffixes, '/sending/domains'),
      impossibleWindow(restart?.window ?? null, { now, shortestMs }, '/restart/window'),
    );
  }

  private eventOf(
    command: SubmitRequestCommand,
    { subscriptionId, tenantId }: SubscriptionFacts,
    pack: PolicyPack,
    now: Instant,
  ): Submitted {
    return {
      type: 'submitted',
      subscriptionId,
      tenantId,
      classification: command.classification,
      pack: pack.id,
      relayCannotBeUsed: command.relayCannotBeUsed,
      dailyVolume: command.sending.dailyVolume,
      restartPlan: { ...defaultRestartPlan, ...command.restart },
      reviewDueAt: addMilliseconds(now, this.settings.reviewWithinMs),
      ...beginRound(1, now, this.settings),
    };
  }
}

async function mustBeAllowedToAsk(
  tx: Transaction,
  call: Call,
  command: SubmitRequestCommand,
  subscription: SubscriptionFacts,
  pack: PolicyPack,
  now: Instant,
): Promise<void> {
  const asking = {
    requester: askerOf(call.actor),
    relayCannotBeUsed: command.relayCannotBeUsed,
    apartFrom: null,
  };
  mustBeEligible(await judgeEligibility(tx, subscription, pack, asking, now));
}

/** A partner says for whom it files, and that is the subscription's own tenant; a customer files for itself. */
function mustBeFiledForItsTenant(
  { actor }: Call,
  { onBehalfOf }: SubmitRequestCommand,
  { tenantId }: SubscriptionFacts,
): void {
  if (actor.tenantKind === 'partner' && onBehalfOf === null)
    throw invalid(
      'on-behalf-of-missing',
      'A partner files on behalf of its customer.',
      'Add onBehalfOf with customerTenantId.',
      '/onBehalfOf',
    );
  if (actor.tenantKind !== 'partner' && onBehalfOf !== null)
    throw invalid(
      'on-behalf-of-unexpected',
      'Only a partner files on behalf of somebody.',
      'Leave onBehalfOf out.',
      '/onBehalfOf',
    );
  if (onBehalfOf === null || onBehalfOf.customerTenantId.toLowerCase() === tenantId) return;
  throw invalid(
    'not-the-subscriptions-tenant',
    'The customer named in onBehalfOf is not the tenant of this subscription.',
    'Name the tenant that the subscription belongs to.',
    '/onBehalfOf/customerTenantId',
  );
}
