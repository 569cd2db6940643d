import { scopeOf } from '../../domain/access/scope.js';
import { notFound } from '../../domain/refusals.js';
import type { Finding } from '../../domain/fraud/fraud-check.js';
import { checksThatCouldNotLook } from '../../domain/policy/verdict.js';
import type { RequestParticulars } from '../../domain/ports/record-stores.js';
import { type Transaction, UnitOfWork } from '../../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../../domain/request/request.js';
import { judgeRequest } from '../judge-eligibility.js';
import { proofOfFiler } from '../proof-of-filer.js';
import { reviewProof } from '../views/control-proof-view.js';
import { historyLines } from '../views/history-lines.js';
import type { NoteView, RelatedRequest, RequestReview } from '../views/review-view.js';
import { viewPreview } from '../views/request-page.js';
import { viewQueueItem } from '../views/view-queue-item.js';
import { viewSecondApproval } from '../views/second-approval-view.js';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../domain/ports/clock.js';
import type { Call } from '../call.js';

/** The engineer's page of one request: everything needed to decide, in one place. */
@Injectable()
export class ReviewRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, requestId: string): Promise<RequestReview> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const now = this.clock.now();
      const found = await tx.requests.findWithPreview(scopeOf(call.actor), requestId, now);
      if (found === null) throw notFound();
      const { request, kept } = found;
      const subscription = await tx.subscriptions.find({ kind: 'platform' }, request.subscriptionId, now);
      const proof = await proofOfFiler(tx, request, now);
      const findings = await tx.findings.ofRequest(request.id);
      const present = findings.filter(({ round }) => round === request.round);
      return {
        ...(await viewQueueItem(tx, request, call.actor, now)),
        ...(await viewPreview(tx, request, kept, now)),
        subscription,
        eligibility: subscription === null ? null : await judgeRequest(tx, request, subscription, now),
        relayCannotBeUsed: request.relayCannotBeUsed,
        restartPlan: request.restartPlan,
        particulars: shownParticulars(await tx.particulars.find(request.id)),
        controlProof: proof === null ? null : reviewProof(proof, now),
        findings: findings.map(shownFinding),
        couldNotLook: checksThatCouldNotLook(present),
        ...(await viewSecondApproval(tx, request, present)),
        related: (await tx.requests.related(request, 20)).map((other) => shownRelated(other, request)),
        notes: await notesOf(tx, request.id),
        history: await historyLines(tx, 'request', request.id),
      };
    });
  }
}

function shownParticulars(particulars: RequestParticulars | null): RequestReview['particulars'] {
  if (particulars === null) return null;
  const { justification, sending, contact, consent } = particulars;
  return { justification, sending, contact, consent };
}

function shownFinding(finding: Finding & { readonly round: number }): Finding & { readonly round: number } {
  const { check, round, outcome, value, evidence, source, at, reasonCode } = finding;
  return { check, round, outcome, value, evidence, source, at, reasonCode };
}

function shownRelated(other: ExemptionRequest, request: ExemptionRequest): RelatedRequest {
  return {
    id: other.id,
    subscriptionId: other.subscriptionId,
    state: other.state,
    submittedAt: other.submittedAt,
    decisionCode: other.decision?.reasonCode ?? null,
    sameSubscription: other.subscriptionId === request.subscriptionId,
  };
}

async function notesOf(tx: Transaction, requestId: string): Promise<readonly NoteView[]> {
  const notes = await tx.notes.of(requestId);
  const texts = await tx.texts.find(notes.map(({ textId }) => textId));
  return notes.map(({ id, at, by, textId }) => ({ id, at, by, text: texts.get(textId) ?? null }));
}
