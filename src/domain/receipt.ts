import type { Exemption } from './exemption/exemption.js';
import type { Instant } from './instants.js';
import type { AggregateName, HistoryEntry } from './lifecycle-table.js';
import { publicCodeOf, type ReasonCode } from './reason-codes.js';
import type { ExemptionRequest } from './request/request.js';

/** What was decided, in the words of receipts. */
export type ReceiptDecision = 'approved' | 'denied' | 'suspended' | 'reinstated' | 'revoked';

/** What the receipt of a decision says. Ids and codes only: whoever holds it may show it to anybody. */
export interface ReceiptClaims {
  readonly aggregate: AggregateName;
  readonly aggregateId: string;
  /** The version that the decision made. */
  readonly version: number;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly requestId: string;
  readonly decision: ReceiptDecision;
  /** The public code: the requester is shown the receipt, and the internal one may name a suspicion. */
  readonly reasonCode: ReasonCode | null;
  readonly at: Instant;
  readonly pack: string;
  /** The version of the rules that a request was judged by; null for what is no judgement by them. */
  readonly policyRulesVersion: string | null;
}

/** The receipt that a line of history owes; null where nothing was decided by it. */
export function receiptOf(entry: HistoryEntry, aggregate: object): ReceiptClaims | null {
  if (entry.aggregate === 'request') return receiptOfRequest(entry, aggregate as ExemptionRequest);
  if (entry.aggregate === 'exemption') return receiptOfExemption(entry, aggregate as Exemption);
  return null;
}

function receiptOfRequest(entry: HistoryEntry, request: ExemptionRequest): ReceiptClaims | null {
  const { decision } = request;
  if (decision === null) return null;
  return {
    ...commonOf(entry, request),
    requestId: request.id,
    decision: decision.outcome,
    reasonCode: publicOrNone(decision.reasonCode),
    policyRulesVersion: decision.policyRulesVersion,
  };
}

function receiptOfExemption(entry: HistoryEntry, exemption: Exemption): ReceiptClaims | null {
  // The first of two people who reinstate decides nothing yet.
  if (entry.event.type === 'reinstated' && exemption.state === 'suspended') return null;
  const decided = decisionBehind(entry.event.type, exemption);
  if (decided === null) return null;
  const { requestId } = exemption;
  return { ...commonOf(entry, exemption), requestId, ...decided, policyRulesVersion: null };
}

function decisionBehind(
  event: string,
  { suspension, revocation }: Exemption,
): Pick<ReceiptClaims, 'decision' | 'reasonCode'> | null {
  if (event === 'suspended')
    return { decision: 'suspended', reasonCode: publicOrNone(suspension?.reasonCode) };
  if (event === 'reinstated') return { decision: 'reinstated', reasonCode: null };
  if (event === 'revocationOrdered')
    return { decision: 'revoked', reasonCode: publicOrNone(revocation?.reasonCode) };
  return null;
}

function publicOrNone(code: string | null | undefined): ReasonCode | null {
  return code === null || code === undefined ? null : publicCodeOf(code);
}

function commonOf(
  { aggregate, aggregateId, version, at }: HistoryEntry,
  { subscriptionId, tenantId, pack }: Pick<Exemption, 'subscriptionId' | 'tenantId' | 'pack'>,
) {
  return { aggregate, aggregateId, version, at, subscriptionId, tenantId, pack };
}
