import type { Instant } from '../../instants.js';
import type { PolicyThresholds, SelfServiceGates } from '../policy-pack.js';

/** The block began on this day; the day itself is restricted, from its first instant in UTC (our reading). */
export const cutOffOf2017: Instant = '2017-11-15T00:00:00Z';

/** Moves when the code that reads the packs judges differently from before. */
export const presentRulesVersion = 1;

/** What every pack counts with so far; no text gives these numbers (docs/policy.md, Thresholds). */
export const usualThresholds: PolicyThresholds = {
  youngSubscriptionDays: 30,
  burst: { requests: 5, withinHours: 24 },
  coolingDown: { afterRevocationDays: 180, afterDenialDays: 30 },
  dailyVolumeSecondApproval: 10_000,
  reviewAfterDays: null,
  awaitingInformationDays: 14,
};

/** The back office's figure of 2020-11-20, in US dollars of paid invoices; asked for from P4 on. */
export const paymentGateOf2020 = 1_000;

/** "Accounts in good standing with payment history" (P4 and later). */
export const goodStandingWithPaymentHistory: SelfServiceGates = { goodStanding: true, paymentHistory: true };
