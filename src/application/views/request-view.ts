import type { Caller } from '../../domain/access/actor.js';
import { scopeOf } from '../../domain/access/scope.js';
import { progressOf, type Progress } from '../../domain/derived/progress.js';
import { statusOf, type RequestStatus } from '../../domain/derived/status.js';
import type { Exemption, ExemptionState } from '../../domain/exemption/exemption.js';
import type { Instant } from '../../domain/instants.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';
import type { ExemptionRequest, RequestState } from '../../domain/request/request.js';
import { conditionsIn } from './conditions.js';
import { linkTo } from './links.js';
import { audienceOf, reasonsFor, type ReasonView } from './reason-view.js';

export interface DecisionView {
  readonly outcome: 'approved' | 'denied';
  readonly at: Instant;
  readonly reasons: readonly ReasonView[];
  readonly applyAgainOn: Instant | null;
  readonly expiresOn: Instant | null;
  readonly conditions: string | null;
  /** A signed receipt of the decision (docs/receipts.md), to be checked without the service. */
  readonly receipt: string | null;
}

export interface QuestionView {
  /** Null once the text was erased. */
  readonly text: string | null;
  readonly fields: readonly string[];
  readonly askedAt: Instant;
  readonly answerBy: Instant;
}

export interface ExemptionSummary {
  readonly id: string;
  readonly state: ExemptionState;
  readonly progress: Progress;
  /** While a right is suspended or ended; null otherwise, and where nobody looked yet. */
  readonly stillOpen: number | null;
}

/** A request as its requester sees it (openapi.json): no findings, weights, notes or other tenants. */
export interface RequestView {
  readonly id: string;
  /** The aggregate's version: its ETag, the same on requester and admin routes. */
  readonly version: number;
  readonly subscriptionId: string;
  readonly customerTenantId: string;
  readonly state: RequestState;
  readonly status: RequestStatus;
  readonly pack: string;
  readonly classification: string;
  readonly submittedAt: Instant;
  readonly submittedBy: { readonly tenantId: string | null; readonly kind: string };
  readonly decision: DecisionView | null;
  readonly question: QuestionView | null;
  readonly exemption: ExemptionSummary | null;
  readonly checks: { readonly total: number; readonly finished: number };
  readonly links: {
    readonly self: string;
    readonly history: string;
    readonly events: string;
    readonly subscription: string;
    readonly exemption: string | null;
  };
}

/** What a view needs beside the request itself. */
export interface RequestSurroundings {
  readonly finishedChecks: number;
  readonly texts: ReadonlyMap<string, string>;
  readonly exemption: ExemptionSummary | null;
  readonly receipt: string | null;
}

/** A request that was just filed: nothing is finished, asked or granted yet. */
export const nothingAround: RequestSurroundings = {
  finishedChecks: 0,
  texts: new Map(),
  exemption: null,
  receipt: null,
};

/** Reads what stands around a request, and shows it to the caller. The caller's scope was checked before. */
export async function viewRequest(
  tx: Transaction,
  request: ExemptionRequest,
  caller: Caller,
  now: Instant,
): Promise<RequestView> {
  const { question, decision } = request;
  const textIds = [question?.textId, decision?.conditionsTextId, decision?.firstConditionsTextId].filter(
    (id) => id !== null && id !== undefined,
  );
  return presentRequest(request, caller, {
    // A verdict says that every check of the round has ended.
    finishedChecks:
      request.verdict === null
        ? await tx.findings.countOfRound(request.id, request.round)
        : request.checks.length,
    texts: textIds.length === 0 ? new Map<string, string>() : await tx.texts.find(textIds),
    exemption: await summaryOfExemption(tx, request, caller, now),
    receipt: await receiptOfDecision(tx, request),
  });
}

async function receiptOfDecision(
  tx: Transaction,
  { id, decision }: ExemptionRequest,
): Promise<string | null> {
  if (decision === null) return null;
  return (await tx.receipts.of('request', id)).get(decision.outcome)?.receipt ?? null;
}

/** Shows a request from what was read of it. Pure. */
export function presentRequest(
  request: ExemptionRequest,
  caller: Caller,
  around: RequestSurroundings,
): RequestView {
  const { exemption } = around;
  return {
    id: request.id,
    version: request.version,
    subscriptionId: request.subscriptionId,
    customerTenantId: request.tenantId,
    state: request.state,
    status: statusOf(request.state, exemption?.state ?? null),
    pack: request.pack,
    classification: request.classification,
    submittedAt: request.submittedAt,
    submittedBy: { tenantId: request.filedBy.tenantId, kind: request.filedBy.kind },
    decision: presentDecision(request, caller, around),
    question: presentQuestion(request, around.texts),
    exemption,
    checks: { total: request.checks.length, finished: around.finishedChecks },
    links: {
      self: linkTo.request(request.id),
      history: linkTo.history(request.id),
      events: linkTo.events(request.id),
      subscription: linkTo.subscription(request.subscriptionId),
      exemption: exemption === null ? null : linkTo.exemption(exemption.id),
    },
  };
}

/** The machines of an exemption by state, under its present order. */
export async function progressOfExemption(tx: Transaction, exemption: Exemption): Promise<Progress> {
  return progressOf(await tx.restarts.countByState(exemption.id, exemption.fence));
}

/** Null also where the caller does not see it any more: the subscription changed hands. */
async function summaryOfExemption(
  tx: Transaction,
  request: ExemptionRequest,
  caller: Caller,
  now: Instant,
): Promise<ExemptionSummary | null> {
  if (request.exemptionId === null) return null;
  const exemption = await tx.exemptions.find(scopeOf(caller), request.exemptionId, now);
  if (exemption === null) return null;
  return {
    id: exemption.id,
    state: exemption.state,
    progress: await progressOfExemption(tx, exemption),
    stillOpen: isBeingClosed(exemption) ? await stillOpenOf(tx, exemption) : null,
  };
}

function isBeingClosed({ state }: Exemption): boolean {
  return state === 'suspended' || state === 'revoking' || state === 'expiring';
}

async function stillOpenOf(tx: Transaction, { id, fence }: Exemption): Promise<number | null> {
  const note = await tx.conduct.find(id);
  return note?.fence === fence ? note.stillOpen : null;
}

function presentDecision(
  { decision }: ExemptionRequest,
  caller: Caller,
  { texts, receipt }: RequestSurroundings,
): DecisionView | null {
  if (decision === null) return null;
  const { outcome, at, applyAgainOn, expiresOn } = decision;
  const conditions = conditionsIn(texts, decision.firstConditionsTextId, decision.conditionsTextId);
  const reasons = reasonsFor(decision.reasonCode, audienceOf(caller), {
    occasion: 'denial',
    applyAgainOn,
  });
  return { outcome, at, reasons, applyAgainOn, expiresOn, conditions, receipt };
}

function presentQuestion(
  { question }: ExemptionRequest,
  texts: ReadonlyMap<string, string>,
): QuestionView | null {
  if (question === null) return null;
  const { textId, fields, askedAt, answerBy } = question;
  return { text: texts.get(textId) ?? null, fields, askedAt, answerBy };
}
