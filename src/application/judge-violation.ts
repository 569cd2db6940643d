import type { Instant } from '../domain/instants.js';
import type { Ids } from '../domain/ports/ids.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { notFound } from '../domain/refusals.js';
import { violationLifecycle } from '../domain/violation/violation.lifecycle.js';
import { applyEvent } from './apply-event.js';
import type { Call } from './call.js';
import { saveText } from './save-text.js';
import { type ViolationView, viewViolation } from './views/violation-view.js';

/** Judges an alleged violation once, with a reason: confirmed, or dismissed. A judged one is 409. */
export async function judgeViolation(
  tx: Transaction,
  ids: Ids,
  call: Call,
  judgement: {
    readonly violationId: string;
    readonly as: 'confirmed' | 'dismissed';
    readonly internalReason: string;
  },
  now: Instant,
): Promise<ViolationView> {
  const violation = await tx.violations.lock(judgement.violationId.toLowerCase());
  if (violation === null) throw notFound();
  await tx.replayIfAnswered();
  const about = { tenantId: violation.tenantId, about: 'violation', aboutId: violation.id } as const;
  const textId = await saveText(tx, ids, { ...about, text: judgement.internalReason });
  const event = { type: judgement.as, textId };
  const next = await applyEvent(tx, violationLifecycle, violation, violation.id, event, {
    actor: call.actor,
    now,
  });
  return viewViolation(tx, next);
}
