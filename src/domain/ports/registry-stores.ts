import type { Scope } from '../access/scope.js';
import type { Instant } from '../instants.js';
import type { SubscriptionFacts } from '../subscription/subscription.js';

export interface Tenant {
  readonly tenantId: string;
  readonly kind: 'customer' | 'partner' | 'platform';
  readonly name: string;
}

/** A partner's right to act for a customer: active and inside its dates, or it is none. */
export interface PartnerRelationship {
  readonly partnerTenantId: string;
  readonly customerTenantId: string;
  readonly status: string;
  readonly validFrom: Instant;
  readonly validTo: Instant | null;
}

export interface SubscriptionStore {
  /** In scope: the customer's own tenant, or a partner with an active relationship at `now`. */
  find(scope: Scope, subscriptionId: string, now: Instant): Promise<SubscriptionFacts | null>;
  /** The same, and holds it against other filers and registrations until the commit. */
  lock(scope: Scope, subscriptionId: string, now: Instant): Promise<SubscriptionFacts | null>;
  save(facts: SubscriptionFacts): Promise<void>;
  list(
    scope: Scope,
    now: Instant,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<readonly SubscriptionFacts[]>;
}

export interface TenantStore {
  find(tenantId: string): Promise<Tenant | null>;
  save(tenant: Tenant): Promise<void>;
}

export interface RelationshipStore {
  find(partnerTenantId: string, customerTenantId: string): Promise<PartnerRelationship | null>;
  save(relationship: PartnerRelationship): Promise<void>;
}
