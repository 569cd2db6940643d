import type { Audience } from './entra-issuer.js';
import type { Schema } from './grid-event.js';

/** An event subscription: where events go, how they are written and secured, and how delivery misbehaves. */
export interface GridSettings {
  readonly endpoint: string;
  readonly schema: Schema;
  /** The name of the event subscription: the endpoint may know it by that. */
  readonly name: string;
  /** Events of these subscriptions only; null for all. */
  readonly subscriptions: readonly string[] | null;
  readonly delayMs: number;
  /** How many times more each event is delivered. */
  readonly duplicates: number;
  /** Some events wait longer than others and are overtaken. */
  readonly shuffle: boolean;
  readonly caseChanges: boolean;
  /** Waits between the tries of one delivery; after the last one the event is given up. */
  readonly retryDelaysMs: readonly number[];
  /** A header of the operator's own, which comes with every call. A secret in the endpoint's query does too. */
  readonly secretHeader: { readonly name: string; readonly value: string } | null;
  /** Whom the bearer token is for that comes with every call; null sends none. */
  readonly entra: Audience | null;
}

/** The published schedule: 10 s, 30 s, 1, 5, 10, 30 minutes, an hour; 8 tries within about 1 h 47 min. */
export const publishedRetryDelaysMs: readonly number[] = [10, 30, 60, 300, 600, 1_800, 3_600].map(
  (seconds) => seconds * 1_000,
);
