import { type Instant, addDays, isBefore } from '../domain/instants.js';
import { blindChecksBehind } from '../domain/policy/verdict.js';
import { type ReasonCode, isReasonCode, reasonText } from '../domain/reason-codes.js';
import { invalid } from '../domain/refusals.js';
import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import { applyEvent } from './apply-event.js';
import { type Call, versionMustMatch } from './call.js';
import { pinnedPack } from './judge-eligibility.js';
import { lockLiveRequest, mustNotBeClaimedByAnother } from './lock-request.js';
import { saveText } from './save-text.js';
import { viewQueueItem } from './views/view-queue-item.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
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
 * 422 `check-could-not-look` where the code rests on a check of the last round that could not look (I17).
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
      const code = denialCodeOf(command.reasonCode);
      mustLieAhead(command.applyAgainOn, now);
      const request = await lockLiveRequest(tx, call, command.requestId, now);
      versionMustMatch(call, request.version);
      await mustNotBeClaimedByAnother(tx, call, request, now);
      const { id, tenantId } = request;
      const words = { tenantId, about: 'request', aboutId: id, text: command.internalReason } as const;
      const event = {
        type: 'denied',
        reasonCode: code,
        reasonTextId: await saveText(tx, this.ids, words),
        applyAgainOn: command.applyAgainOn ?? coolingDownOf(code, request, now),
        couldNotLook: blindChecksBehind(code, await tx.findings.ofRound(id, request.round)),
        policyRulesVersion: String(pinnedPack(request.pack).rulesVersion),
      } as const;
      const next = await applyEvent(tx, requestLifecycle, request, id, event, { actor: call.actor, now });
      await tx.claims.release(id);
      return viewQueueItem(tx, next, call.actor, now);
    });
  }
}

function denialCodeOf(text: string): ReasonCode {
  if (isReasonCode(text) && reasonText(text).usableForDenial) return text;
  throw invalid(
    'reason-not-for-denials',
    'This is no reason code that a request can be denied with.',
    'Choose one that says something a requester can act on, for example trust-review-declined.',
  );
}

/** No date where applying again makes no sense. */
function coolingDownOf(code: ReasonCode, request: ExemptionRequest, now: Instant): Instant | null {
  if (!reasonText(code).mayApplyAgain) return null;
  return addDays(now, pinnedPack(request.pack).thresholds.coolingDown.afterDenialDays);
}

function mustLieAhead(applyAgainOn: Instant | null, now: Instant): void {
  if (applyAgainOn === null || isBefore(now, applyAgainOn)) return;
  throw invalid(
    'date-in-the-past',
    'applyAgainOn has passed already.',
    'Choose a later date, or leave it out.',
  );
}
