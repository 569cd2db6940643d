import type { ActorRef } from '../../domain/access/actor.js';
import type { Instant } from '../../domain/instants.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';
import type { Violation, ViolationState } from '../../domain/violation/violation.js';

/** A violation with its words; an erased text is null. For platform staff only. */
export interface ViolationView {
  readonly id: string;
  readonly version: number;
  readonly state: ViolationState;
  readonly exemptionId: string;
  readonly subscriptionId: string;
  readonly customerTenantId: string;
  readonly kind: string;
  readonly description: string | null;
  readonly evidence: readonly {
    readonly kind: string;
    readonly at: Instant;
    readonly text: string | null;
  }[];
  readonly recordedAt: Instant;
  readonly recordedBy: ActorRef;
  readonly judgedAt: Instant | null;
  readonly judgedBy: ActorRef | null;
  readonly internalReason: string | null;
}

/** Reads the words of a violation, and shows it whole. */
export async function viewViolation(tx: Transaction, violation: Violation): Promise<ViolationView> {
  const { descriptionTextId, judgementTextId, evidence } = violation;
  const ids = [descriptionTextId, judgementTextId, ...evidence.map(({ textId }) => textId)];
  const texts = await tx.texts.find(ids.filter((id) => id !== null));
  return {
    id: violation.id,
    version: violation.version,
    state: violation.state,
    exemptionId: violation.exemptionId,
    subscriptionId: violation.subscriptionId,
    customerTenantId: violation.tenantId,
    kind: violation.violationKind,
    description: texts.get(descriptionTextId) ?? null,
    evidence: evidence.map(({ kind, at, textId }) => ({ kind, at, text: texts.get(textId) ?? null })),
    recordedAt: violation.recordedAt,
    recordedBy: violation.recordedBy,
    judgedAt: violation.judgedAt,
    judgedBy: violation.judgedBy,
    internalReason: judgementTextId === null ? null : (texts.get(judgementTextId) ?? null),
  };
}
