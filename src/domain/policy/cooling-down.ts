import { addDays, isBefore } from '../instants.js';
import type { Instant } from '../instants.js';
import type { PolicyThresholds } from './policy-pack.js';

/** What ended badly before. `applyAgainOn` is the date that a decision set; it stands in place of the pack's days. */
export interface PastDecisions {
  readonly lastDenial: { readonly at: Instant; readonly applyAgainOn: Instant | null } | null;
  readonly lastRevocation: { readonly at: Instant; readonly applyAgainOn: Instant | null } | null;
}

/** The first moment at which a new request may be filed: the later of both waits; null when there is none. */
export function coolingDownUntil(past: PastDecisions, thresholds: PolicyThresholds): Instant | null {
  const { afterDenialDays, afterRevocationDays } = thresholds.coolingDown;
  const ends = [endOf(past.lastDenial, afterDenialDays), endOf(past.lastRevocation, afterRevocationDays)];
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
