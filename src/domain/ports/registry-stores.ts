import type { Scope } from '../access/scope.js';
import type { ExemptionState } from '../exemption/exemption.js';
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
  /** A delegation of administration always ends; the other kinds may. */
  readonly validTo: Instant | null;
  readonly kind: RelationshipKind;
  /** Who said so last: an operator, whose word stands, or a feed, whose word has to be said again (freshness). */
  readonly source: 'operator' | 'feed';
  readonly confirmedAt: Instant;
}

/** How a partner comes to act for a customer: it sells to it, administers it for a time, or manages the subscription. */
export type RelationshipKind = 'reseller' | 'delegated-administration' | 'managed';

/**
 * What this product remembers of a subscription, for who owns it now, whoever filed: it decides what may be asked for. What was
 * a former tenant's stands in nobody's way but an approval's.
 */
export interface SubscriptionStanding {
  readonly liveRequestId: string | null;
  /** `isOfFormerPartner`: asked for by a partner that does not sell the subscription any more. */
  readonly liveExemption: {
    readonly id: string;
    readonly state: ExemptionState;
    readonly isOfFormerPartner: boolean;
  } | null;
  /** A right of a former tenant that has not ended yet. */
  readonly formerExemptionId: string | null;
  readonly lastDenial: { readonly at: Instant; readonly applyAgainOn: Instant | null } | null;
  readonly lastRevocation: { readonly grantedAt: Instant; readonly endedAt: Instant } | null;
  /** When a right last ended with blame: revoked for what its owner did, or ended with a confirmed violation. */
  readonly lastBlamedAt: Instant | null;
  readonly lastExpiredGrantedAt: Instant | null;
}

export interface SubscriptionStore {
  /** In scope: the customer's own tenant, or a partner with an active relationship at `now`. */
  find(scope: Scope, subscriptionId: string, now: Instant): Promise<SubscriptionFacts | null>;
  /** The same, and holds it against other filers and registrations until the commit. */
  lock(scope: Scope, subscriptionId: string, now: Instant): Promise<SubscriptionFacts | null>;
  /** Across tenants: for a subscription that the caller has in scope, and never shown to requesters as it is. */
  standingUnscoped(subscriptionId: string): Promise<SubscriptionStanding>;
  save(facts: SubscriptionFacts, now: Instant): Promise<void>;
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
  /**
   * Whether the partner may act for the customer at `now`: the status is `active`, the moment lies inside its dates, and
   * what a feed said was said again within RELATIONSHIP_FRESH_DAYS; an operator's word stands until it is changed.
   */
  isActive(partnerTenantId: string, customerTenantId: string, now: Instant): Promise<boolean>;
  save(relationship: PartnerRelationship): Promise<void>;
}
