import type { Instant } from '../instants.js';

/** Whom an earlier revocation hit. */
export interface RevocationSubject {
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** Compared through a keyed hash by the adapter; never stored or logged in clear. Null once erased. */
  readonly contactEmail: string | null;
}

/** How an earlier revocation is related to the request. */
export type RevocationKinship = 'subscription' | 'tenant' | 'contact';

export interface PriorRevocation {
  readonly exemptionId: string;
  readonly revokedAt: Instant;
  readonly reasonCode: string;
  /** Every way in which it is related, never empty. */
  readonly sharedWith: readonly RevocationKinship[];
}

/** The product's own memory of requests and revocations. Rejects when the store cannot be read. */
export abstract class RequestHistory {
  /** How many requests of the tenant were submitted at or after the moment, the present one included. */
  abstract requestsOfTenantSince(tenantId: string, since: Instant): Promise<number>;
  /** Revocations that share the subscription, its tenant, or the contact; newest first, at most 20. */
  abstract revocationsOf(subject: RevocationSubject): Promise<readonly PriorRevocation[]>;
}
