import { type Actor, systemActor } from '../domain/access/actor.js';
import { findFraudCheck } from '../domain/fraud/checks/index.js';
import type { Finding } from '../domain/fraud/fraud-check.js';
import type { Instant } from '../domain/instants.js';
import type { Ids } from '../domain/ports/ids.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { movedToAnotherTenant } from '../domain/policy/change-after-grant.js';
import { type Verdict, verdictOf } from '../domain/policy/verdict.js';
import { requestLifecycle } from '../domain/request/request.lifecycle.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import { applyIfTimely } from './apply-event.js';
import { grantExemption } from './grant-exemption.js';
import { isHeldByFormerOwner, judgeRequest, pinnedPack } from './judge-eligibility.js';

/**
 * Holds what the end of a round needs, in the order of every other verb: where the pack may grant by its own rule
 * the subscription first, so that its facts stand still; then the request. Null where the round is over or superseded.
 */
export async function lockRound(
  tx: Transaction,
  of: Pick<ExemptionRequest, 'id' | 'subscriptionId' | 'pack' | 'round'>,
  now: Instant,
): Promise<ExemptionRequest | null> {
  if (pinnedPack(of.pack).selfService !== null)
    await tx.subscriptions.lock({ kind: 'platform' }, of.subscriptionId, now);
  const request = await tx.requests.lock({ kind: 'platform' }, of.id, now);
  return request?.state === 'checking' && request.round === of.round ? request : null;
}

/**
 * Ends the round when its last check has ended. The row of the request is held: of two checks that end together the
 * second sees the finding of the first, so that the round ends, and ends once.
 */
export async function endRoundIfComplete(
  tx: Transaction,
  request: ExemptionRequest,
  ids: Ids,
  now: Instant,
): Promise<void> {
  const findings = await tx.findings.ofRound(request.id, request.round);
  const found = new Set(findings.map(({ check }) => check));
  if (!request.checks.every((check) => found.has(check))) return;
  const verdict = verdictOf(findings);
  const grantsByRule = await grantedByRule(tx, request, verdict, now);
  const actor: Actor = grantsByRule ? { kind: 'policy' } : systemActor('run-fraud-check');
  const event = {
    type: 'checksEnded',
    round: request.round,
    verdict,
    grantsByRule,
    exemptionId: ids.next(),
    policyRulesVersion: String(pinnedPack(request.pack).rulesVersion),
  } as const;
  const next = await applyIfTimely(tx, requestLifecycle, request, event, { actor, now });
  if (next?.state === 'approved') await grantExemption(tx, next, { actor, now });
}

/** No machine grants over a doubt (I17), nor where two people would have to look (I5). */
async function grantedByRule(
  tx: Transaction,
  request: ExemptionRequest,
  verdict: Verdict,
  now: Instant,
): Promise<boolean> {
  const pack = pinnedPack(request.pack);
  if (verdict !== 'clear' || pack.selfService === null) return false;
  if (request.dailyVolume > pack.thresholds.dailyVolumeSecondApproval) return false;
  const subscription = await tx.subscriptions.find({ kind: 'platform' }, request.subscriptionId, now);
  if (subscription === null || movedToAnotherTenant(subscription, request)) return false;
  if (await isHeldByFormerOwner(tx, subscription)) return false;
  const { grantsByRule, conflicts } = await judgeRequest(tx, request, subscription, now);
  return grantsByRule && conflicts.length === 0;
}

/** The finding of a check that did not come to look: neither good news nor bad news. */
export function couldNotLook(check: string, detail: string, at: Instant): Finding {
  return {
    check,
    outcome: 'error',
    value: null,
    evidence: [{ what: 'the check itself', detail }],
    source: 'the round of checks',
    at,
    reasonCode: findFraudCheck(check)?.reasonCode ?? null,
  };
}
