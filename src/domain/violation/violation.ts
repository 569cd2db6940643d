import type { ActorRef } from '../access/actor.js';
import type { Instant } from '../instants.js';

/** An alleged breach of the terms: recorded with evidence, then confirmed or dismissed by an analyst. */
export type ViolationState = 'alleged' | 'confirmed' | 'dismissed';

export interface Violation {
  readonly id: string;
  readonly state: ViolationState;
  readonly version: number;
  readonly exemptionId: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** What kind of breach, e.g. `spam-complaint`; an open kebab-case word. */
  readonly violationKind: string;
  readonly descriptionTextId: string;
  /** Each piece of evidence: its kind, its time, and its text among the erasable ones. */
  readonly evidence: readonly { readonly kind: string; readonly at: Instant; readonly textId: string }[];
  readonly recordedAt: Instant;
  readonly recordedBy: ActorRef;
  readonly judgedAt: Instant | null;
  readonly judgedBy: ActorRef | null;
  readonly judgementTextId: string | null;
}
