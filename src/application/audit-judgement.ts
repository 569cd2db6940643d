import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import { judgeRequest } from './judge-eligibility.js';

/**
 * Judges a request again under its pinned pack when its facts or its checks are renewed, and keeps the outcome with
 * the audit (docs/policy.md, "when is eligibility judged"). It refuses nothing: that is for the decision.
 */
export async function auditJudgement(
  tx: Transaction,
  request: ExemptionRequest,
  now: Instant,
): Promise<void> {
  const subscription = await tx.subscriptions.find({ kind: 'platform' }, request.subscriptionId, now);
  if (subscription === null) throw new Error('a request without its subscription');
  const { outcome, refusals } = await judgeRequest(tx, request, subscription, now);
  await tx.audit(
    'eligibility-judged',
    { type: 'request', id: request.id },
    { pack: request.pack, outcome, refusals: refusals.map(({ code }) => code) },
  );
}
