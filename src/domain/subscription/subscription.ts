import type { Instant } from '../instants.js';

/** The cloud's word for a subscription (Microsoft.Resources 2022-12-01). */
export type SubscriptionState = 'Enabled' | 'Warned' | 'PastDue' | 'Disabled' | 'Deleted';

export type SpendingLimit = 'On' | 'Off' | 'CurrentPeriodOff';

/** What names an offer: the quota id alone often does not. */
export interface OfferFacts {
  readonly quotaId: string;
  readonly offerId?: string | null;
  readonly agreementType?: string | null;
  readonly accountType?: string | null;
}

/** What billing knows. Money in US dollars; `pastDue` is true while an invoice is overdue. */
export interface BillingFacts {
  readonly paidInvoicesUsd: number;
  readonly firstInvoicePaidAt: Instant | null;
  readonly pastDue: boolean;
}

/** A subscription as it is registered with the product. Eligibility is judged on these facts only. */
export interface SubscriptionFacts {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly displayName: string;
  readonly offer: OfferFacts;
  readonly createdAt: Instant;
  readonly state: SubscriptionState;
  readonly spendingLimit: SpendingLimit | null;
  /** The tenant of the CSP partner who sells this subscription; null when nobody resells it. */
  readonly partnerTenantId: string | null;
  readonly billing: BillingFacts;
}
