import type { HistoryEntry } from '../lifecycle-table.js';

/** What the requester reads of an event on the request's timeline; null where an event is nobody's business outside. */
export interface ToldEntry {
  readonly requestId: string;
  readonly tenantId: string;
  readonly event: string;
  readonly by: 'customer' | 'partner' | 'platform';
  readonly actorTenantId: string | null;
  readonly code: string | null;
  /** Facts for the sentence: names of machines, dates, counts. No personal data. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  /** Whether the contact gets a mail about it. */
  readonly mailed: boolean;
}

/** The history of one aggregate with the sequence that it was committed under. */
export type StoredHistoryEntry = HistoryEntry & { readonly sequence: number };
