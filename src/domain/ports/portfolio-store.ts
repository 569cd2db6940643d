import type { ExemptionState } from '../exemption/exemption.js';
import type { Instant } from '../instants.js';
import type { RequestState } from '../request/request.js';
import type { Page } from './aggregate-stores.js';
import type { PartnerRelationship } from './registry-stores.js';

/** A customer that a partner may act for now. */
export interface PortfolioCustomer {
  readonly name: string;
  readonly subscriptions: number;
  readonly relationship: PartnerRelationship;
}

export interface PortfolioCount {
  readonly customerTenantId: string;
  readonly state: RequestState;
  readonly exemptionState: ExemptionState | null;
  readonly count: number;
}

/** Whom something waits for, and what for. */
export type WaitingParty = 'partner' | 'customer' | 'platform';
export type WaitingFor =
  | 'question'
  | 'consent'
  | 'control-proof'
  | 'owner-restarts'
  | 'blocked-machines'
  | 'checks'
  | 'review'
  | 'opening'
  | 'managed-restarts'
  | 'failed-restarts';

/** One thing that waits. `total` counts all of that customer and party, also those that were left out. */
export interface Waiting {
  readonly customerTenantId: string;
  readonly party: WaitingParty;
  readonly what: WaitingFor;
  readonly requestId: string;
  readonly subscriptionId: string;
  readonly exemptionId: string | null;
  readonly since: Instant;
  readonly due: Instant | null;
  readonly machines: number | null;
  readonly total: number;
}

/** A partner's customers and what it filed for them, in a handful of statements however many they are. */
export interface PortfolioStore {
  /** Those with an active relationship at `now`, by name. */
  customers(partnerTenantId: string, page: Page, now: Instant): Promise<readonly PortfolioCustomer[]>;
  counts(
    partnerTenantId: string,
    customers: readonly string[],
    now: Instant,
  ): Promise<readonly PortfolioCount[]>;
  /** What is due first comes first; at most `most` for each customer and party. */
  waiting(
    partnerTenantId: string,
    customers: readonly string[],
    most: number,
    now: Instant,
  ): Promise<readonly Waiting[]>;
}
