import { applyEvent } from './apply-event.js';
import { inTheFuture, mustBeTakeable } from './must-be-takeable.js';
import { scopeOf } from '../domain/access/scope.js';
import { saveText } from './save-text.js';
import { notFound } from '../domain/refusals.js';
import { violationLifecycle } from '../domain/violation/violation.lifecycle.js';
import { type ViolationView, viewViolation } from './views/violation-view.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import type { Instant } from '../domain/instants.js';
import type { Call } from './call.js';

export interface RecordViolationCommand {
  readonly exemptionId: string;
  /** An open kebab-case word, for example `spam-complaint`. */
  readonly kind: string;
  readonly description: string;
  readonly evidence: readonly { readonly kind: string; readonly at: Instant; readonly text: string }[];
}

/** Records an alleged breach of the terms with its evidence. It counts for nothing until it is confirmed. */
@Injectable()
export class RecordViolation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: RecordViolationCommand): Promise<ViolationView> {
    return this.unitOfWork.run(call, async (tx) => {
      const now = this.clock.now();
      const exemption = await tx.exemptions.find(scopeOf(call.actor), command.exemptionId.toLowerCase(), now);
      if (exemption === null) throw notFound();
      await tx.replayIfAnswered();
      const rules = { now, clockMarginMs: this.settings.clockMarginMs };
      mustBeTakeable(
        command.evidence.flatMap(({ at }, index) =>
          inTheFuture('The evidence', at, rules, `/evidence/${String(index)}/at`),
        ),
      );
      const id = this.ids.next();
      const about = { tenantId: exemption.tenantId, about: 'violation', aboutId: id } as const;
      const descriptionTextId = await saveText(tx, this.ids, { ...about, text: command.description });
      const evidence = command.evidence.map(({ kind, at }) => ({ kind, at, textId: this.ids.next() }));
      await tx.texts.save(
        evidence.map(({ textId }, index) => ({
          id: textId,
          ...about,
          text: command.evidence[index]?.text ?? '',
        })),
      );
      const event = {
        type: 'recorded',
        exemptionId: exemption.id,
        subscriptionId: exemption.subscriptionId,
        tenantId: exemption.tenantId,
        violationKind: command.kind,
        descriptionTextId,
        evidence,
      } as const;
      const violation = await applyEvent(tx, violationLifecycle, null, id, event, { actor: call.actor, now });
      return viewViolation(tx, violation);
    });
  }
}
