import { type Call, versionMustMatch } from './call.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { conflict, conflicts, invalid, policyRefuses } from '../domain/refusals.js';
import { type Instant, isBefore } from '../domain/instants.js';
import { movedToAnotherTenant } from '../domain/policy/change-after-grant.js';
import type { RequestApproved } from '../domain/request/request-events.js';
import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import { stricterTerms } from '../domain/request/second-approval.js';
import { applyEvent } from './apply-event.js';
import { grantExemption } from './grant-exemption.js';
import { isHeldByFormerOwner, judgeRequest, pinnedPack } from './judge-eligibility.js';
import { lockSubscriptionAndRequest, mustNotBeClaimedByAnother } from './lock-request.js';
import { mustBePossible } from './must-be-possible.js';
import { registeredByDecider } from './registered-by-decider.js';
import { secondApprovalOf } from './second-approval-of.js';
import { viewQueueItem } from './views/view-queue-item.js';
import { Injectable } from '@nestjs/common';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { QueueItem } from './views/review-view.js';

export interface ApproveRequestCommand {
  readonly requestId: string;
  readonly reason: string;
  readonly expiresOn: Instant | null;
  readonly conditions: string | null;
  /** Checks whose `unknown` or `error` the decider accepts knowingly. */
  readonly acceptedUnknowns: readonly string[];
  /** Why a second approver puts their own terms in place of the first one's; null: the stricter of both hold. */
  readonly replacesFirstTerms: string | null;
}

/**
 * Approves a request: the first of two approvals where one person is not enough, else the grant itself, with the order to
 * open the gate in the same commit. Of two approvals the stricter terms hold. Eligibility is judged again with the
 * request's own pack: 422 with all refusals where it no longer holds.
 */
@Injectable()
export class ApproveRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  run(call: Call, command: ApproveRequestCommand): Promise<QueueItem> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const context = { actor: call.actor, now };
      mustLieAhead(command.expiresOn, now);
      const request = await lockSubscriptionAndRequest(tx, call, command.requestId, now);
      versionMustMatch(call, request.version);
      await mustNotBeClaimedByAnother(tx, call, request, now);
      mustBeChecksOfTheRound(command.acceptedUnknowns, request);
      const event = await this.eventOf(tx, call, command, request);
      mustBePossible(requestLifecycle, request, event, context);
      termsMustLieAhead(event, now);
      await mustStillBeEligible(tx, request, now);
      await this.saveWords(tx, command, request, event);
      const next = await applyEvent(tx, requestLifecycle, request, request.id, event, context);
      if (next.state === 'approved') await grantExemption(tx, next, context);
      await tx.claims.release(request.id);
      return viewQueueItem(tx, next, call.actor, now);
    });
  }

  private async eventOf(
    tx: Transaction,
    call: Call,
    command: ApproveRequestCommand,
    request: ExemptionRequest,
  ): Promise<RequestApproved> {
    const { first, ...grounds } = await secondApprovalOf(tx, request);
    if (command.replacesFirstTerms !== null && first === null) throw nothingToReplace();
    return {
      type: 'approved',
      reasonTextId: this.ids.next(),
      conditionsTextId: command.conditions === null ? null : this.ids.next(),
      expiresOn: command.expiresOn,
      acceptedUnknowns: command.acceptedUnknowns,
      exemptionId: this.ids.next(),
      ...grounds,
      registeredByDecider: await registeredByDecider(tx, request, call.actor),
      firstTerms: command.replacesFirstTerms === null ? first : null,
      replacesFirstTextId: command.replacesFirstTerms === null ? null : this.ids.next(),
      policyRulesVersion: String(pinnedPack(request.pack).rulesVersion),
    };
  }

  private async saveWords(
    tx: Transaction,
    { reason, conditions, replacesFirstTerms }: ApproveRequestCommand,
    { id: aboutId, tenantId }: ExemptionRequest,
    event: RequestApproved,
  ): Promise<void> {
    const said = [
      [event.reasonTextId, reason],
      [event.conditionsTextId, conditions],
      [event.replacesFirstTextId, replacesFirstTerms],
    ] as const;
    await tx.texts.save(
      said.flatMap(([id, text]) =>
        id === null || id === undefined || text === null
          ? []
          : [{ tenantId, about: 'request', aboutId, id, text } as const],
      ),
    );
  }
}

async function mustStillBeEligible(tx: Transaction, request: ExemptionRequest, now: Instant): Promise<void> {
  const subscription = await tx.subscriptions.find({ kind: 'platform' }, request.subscriptionId, now);
  if (subscription === null) throw new Error('a request without its subscription');
  const { refusals, conflicts: inTheWay } = await judgeRequest(tx, request, subscription, now);
  const moved = [
    ...(movedToAnotherTenant(request, subscription) ? [movedAway] : []),
    ...((await isHeldByFormerOwner(tx, subscription)) ? [formerRightLives] : []),
  ];
  if (refusals.length > 0) throw policyRefuses([...refusals, ...inTheWay, ...moved]);
  if (inTheWay.length + moved.length > 0) throw conflicts([...inTheWay, ...moved]);
}

const movedAway = {
  code: 'subscription-moved',
  message: 'The subscription belongs to another tenant now than when this request was filed.',
  nextStep: 'Deny the request: that bars nobody who owns the subscription now, and they may file their own.',
};

/** Two rights would have one gate: the new owner's begins when the former one has ended. */
const formerRightLives = {
  code: 'former-exemption-live',
  message: 'An exemption of the tenant that owned the subscription before has not ended yet.',
  nextStep:
    'Revoke it with the reason "subscription-moved", and approve once it is revoked: gate and machines are closed then.',
};

/** Names of checks go into history, where no other words of a person belong. */
function mustBeChecksOfTheRound(names: readonly string[], { checks }: ExemptionRequest): void {
  if (names.every((name) => checks.includes(name))) return;
  throw invalid(
    'unknown-check',
    'acceptedUnknowns names a check that this request does not have.',
    `Choose from: ${checks.join(', ')}.`,
    '/acceptedUnknowns',
  );
}

/** What the first approver set may have passed while the second was waited for. */
function termsMustLieAhead(event: RequestApproved, now: Instant): void {
  const { expiresOn } = stricterTerms(event, event.firstTerms ?? null);
  if (expiresOn === null || isBefore(now, expiresOn)) return;
  throw conflict(
    'first-terms-passed',
    `The first approval ends the right on ${expiresOn}, which has passed.`,
    'Say in replacesFirstTerms why your own terms take their place, or deny the request.',
  );
}

function nothingToReplace() {
  return conflict(
    'no-first-approval',
    'There is no first approval whose terms could be replaced.',
    'Leave replacesFirstTerms out.',
  );
}

function mustLieAhead(expiresOn: Instant | null, now: Instant): void {
  if (expiresOn === null || isBefore(now, expiresOn)) return;
  throw invalid(
    'expires-in-the-past',
    'expiresOn has passed already.',
    'Choose a later date, or leave it out.',
    '/expiresOn',
  );
}
