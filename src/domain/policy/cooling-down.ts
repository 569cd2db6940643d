import { addDays, isBefore } from '../instants.js';
import type { Instant } from '../instants.js';
import { findPolicyPack } from './packs/index.js';
import type { ReasonCode } from '../reason-codes.js';
import type { PolicyThresholds } from './policy-pack.js';

/**
 * What ended badly before. `applyAgainOn` of a denial is the date that it set: null where its reason asks for no wait,
 * because the requester can mend it. Of a revocation it stands in place of the pack's days.
 */
export interface PastDecisions {
  readonly lastDenial: { readonly at: Instant; readonly applyAgainOn: Instant | null } | null;
  readonly lastRevocation: { readonly at: Instant; readonly applyAgainOn: Instant | null } | null;
}

/** Reasons to end a right that blame its owner for nothing: no cooling-down follows, and no suspicion. */
export const endsWithoutBlame: readonly string[] = [
  'subscription-moved',
  'reseller-changed',
] satisfies readonly ReasonCode[];

/** The first moment at which a new request may be filed: the later of both waits; null when there is none. */
export function coolingDownUntil(past: PastDecisions, thresholds: PolicyThresholds): Instant | null {
  const { afterRevocationDays } = thresholds.coolingDown;
  const ends = [past.lastDenial?.applyAgainOn ?? null, endOf(past.lastRevocation, afterRevocationDays)];
  return ends.reduce((latest, end) =>
    latest === null || (end !== null && isBefore(latest, end)) ? end : latest,
  );
}

function endOf(
  decision: { readonly at: Instant; readonly applyAgainOn: Instant | null } | null,
  days: number,
): Instant | null {
  if (decision === null) return null;
  return decision.applyAgainOn ?? addDays(decision.at, days);
}

/**
 * The wait that a revocation leaves, for its words: a date once every machine was closed, until then a number of days
 * that begins with the completion. Takes the pack of the grant; nothing for one that this version does not know, and for a
 * reason that blames nobody.
 */
export function waitAfterRevocation(
  packId: string,
  endedAt: Instant | null,
  reasonCode: string | null,
): { readonly applyAgainOn: Instant | null; readonly waitDays: number | null } {
  if (reasonCode !== null && endsWithoutBlame.includes(reasonCode))
    return { applyAgainOn: null, waitDays: null };
  const waitDays = findPolicyPack(packId)?.thresholds.coolingDown.afterRevocationDays ?? null;
  const applyAgainOn = endedAt === null || waitDays === null ? null : addDays(endedAt, waitDays);
  return { applyAgainOn, waitDays };
}
