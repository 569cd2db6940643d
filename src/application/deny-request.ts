import { type Instant, isBefore } from '../domain/instants.js';
import {
  type KnownOfRequest,
  applyAgainAfterDenial,
  contradictionOf,
  reasonIsNotFor,
} from '../domain/policy/reason-grounds.js';
import { blindChecksBehind } from '../domain/policy/verdict.js';
import { type ReasonCode, isReasonCode } from '../domain/reason-codes.js';
import { invalid, policyRefuses } from '../domain/refusals.js';
import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import { applyEvent } from './apply-event.js';
import { type Call, versionMustMatch } from './call.js';
import { judgeRequest, pinnedPack } from './judge-eligibility.js';
import { lockSubscriptionAndRequest, mustNotBeClaimedByAnother } from './lock-request.js';
import { mustBePossible } from './must-be-possible.js';
import { registeredByDecider } from './registered-by-decider.js';
import { viewQueueItem } from './views/view-queue-item.js';
import { Injectable } from '@nestjs/common';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { QueueItem } from './views/review-view.js';

export interface DenyRequestCommand {
  readonly requestId: string;
  readonly reasonCode: string;
  readonly internalReason: string;
  /** Null: the pack's cooling-down after a denial. */
  readonly applyAgainOn: Instant | null;
}

/**
 * Denies a request with a reason code, whose words for the requester are the catalogue's, and with an internal reason.
 * Refuses with 422: `reason-not-usable` for a code that is not made for denials, `check-could-not-look` where the code
 * rests on a check of the last round that could not look (I17), `reason-contradicted` where what is known says otherwise.
 */
@Injectable()
export class DenyRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  run(call: Call, command: DenyRequestCommand): Promise<QueueItem> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      mustLieAhead(command.applyAgainOn, now);
      const request = await lockSubscriptionAndRequest(tx, call, command.requestId, now);
      versionMustMatch(call, request.version);
      await mustNotBeClaimedByAnother(tx, call, request, now);
      const code = usableCodeOf(command.reasonCode);
      const known = await knownOf(tx, request, now);
      const { id, tenantId } = request;
      const context = { actor: call.actor, now };
      const event = {
        type: 'denied',
        reasonCode: code,
        reasonTextId: this.ids.next(),
        applyAgainOn: command.applyAgainOn ?? applyAgainAfterDenial(code, known, now),
        registeredByDecider: await registeredByDecider(tx, request, call.actor),
        couldNotLook: blindChecksBehind(code, known.findings),
        policyRulesVersion: String(known.pack.rulesVersion),
      } as const;
      mustBePossible(requestLifecycle, request, event, context);
      const contradiction = contradictionOf(code, known);
      if (contradiction !== null) throw policyRefuses([contradiction]);
      const words = { tenantId, about: 'request', aboutId: id, text: command.internalReason } as const;
      await tx.texts.save([{ id: event.reasonTextId, ...words }]);
      const next = await applyEvent(tx, requestLifecycle, request, id, event, context);
      await tx.claims.release(id);
      return viewQueueItem(tx, next, call.actor, now);
    });
  }
}

function usableCodeOf(text: string): ReasonCode {
  const refusal = reasonIsNotFor('denial', text);
  if (refusal !== null || !isReasonCode(text)) throw policyRefuses(refusal === null ? [] : [refusal]);
  return text;
}

async function knownOf(tx: Transaction, request: ExemptionRequest, now: Instant): Promise<KnownOfRequest> {
  const facts = await tx.subscriptions.find({ kind: 'platform' }, request.subscriptionId, now);
  if (facts === null) throw new Error(`the subscription of request ${request.id} is not registered`);
  return {
    facts,
    pack: pinnedPack(request.pack),
    eligibility: await judgeRequest(tx, request, facts, now),
    findings: await tx.findings.ofRound(request.id, request.round),
  };
}

function mustLieAhead(applyAgainOn: Instant | null, now: Instant): void {
  if (applyAgainOn === null || isBefore(now, applyAgainOn)) return;
  throw invalid(
    'date-in-the-past',
    'applyAgainOn has passed already.',
    'Choose a later date, or leave it out.',
    '/applyAgainOn',
  );
}
