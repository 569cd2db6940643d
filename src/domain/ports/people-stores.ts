import type { Instant } from '../instants.js';
import type { AggregateName } from '../lifecycle-table.js';
import type { ReceiptDecision } from '../receipt.js';

/** Somebody with an account: identity is `(tenantId, objectId)`. */
export interface Person {
  readonly tenantId: string;
  readonly objectId: string;
}

/** What an erasure came to, without saying whose it was. */
export interface Erasure {
  /** What stands in history in the place of the object id; null where only a contact was erased. */
  readonly pseudonym: string | null;
  /** Requests that lost their contact, justification and free texts. */
  readonly requests: number;
  readonly texts: number;
  /** Lines of history that name the pseudonym now. */
  readonly lines: number;
}

/** Where something waits for anybody but a certain person. */
export interface AwaitsAnother {
  readonly aggregate: 'request' | 'exemption';
  readonly id: string;
}

/** People as the store knows them: by who acted, and never by a name (docs/privacy.md). */
export interface PeopleStore {
  /** The tenants from which somebody with this object id has acted, and was not erased since. */
  tenantsOf(objectId: string): Promise<readonly string[]>;
  /** Until the commit nothing that this person began to write is under way, and nothing new begins. */
  hold(person: Person): Promise<void>;
  /** Second approvals and reinstatements that only somebody else may give; at most 20. */
  awaitingAnother(person: Person): Promise<readonly AwaitsAnother[]>;
  /** Erases what is kept of a person and puts a pseudonym in their place; null for whom nothing is kept of. */
  erase(person: Person): Promise<Erasure | null>;
  /** Erases an address and who is behind it wherever a request names it; null where none does. */
  eraseContact(email: string): Promise<Erasure | null>;
}

/** The receipt of one decision, as it was signed. */
export interface Receipt {
  readonly decision: ReceiptDecision;
  readonly version: number;
  readonly at: Instant;
  readonly receipt: string;
}

export interface ReceiptStore {
  /** The last receipt of each kind of decision on an aggregate. */
  of(aggregate: AggregateName, id: string): Promise<ReadonlyMap<ReceiptDecision, Receipt>>;
}
