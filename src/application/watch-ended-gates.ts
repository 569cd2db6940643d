import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import { type AfterEnd, afterLookAtEnded } from '../domain/gate/ended-gate.js';
import type { Gate } from '../domain/gate/gate.js';
import { addMilliseconds } from '../domain/instants.js';
import { Clock } from '../domain/ports/clock.js';
import { GateControl } from '../domain/ports/gate-control.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { noteProblem } from './conduct-note.js';
import { nextOrder, orderClosing } from './order-gate.js';

const actor = systemActor('watch-ended-gates');
const everyMs = 3_600_000;
/** Calls of one run, side by side: however many rights have ended, a sweep asks no more. */
const atOnce = 10;

/**
 * Looks once an hour at the gate of each right that has ended: nobody else does any more, and somebody may have opened it
 * past Postern. It is closed again above its own fence, and a human is called, since machines may have started meanwhile.
 */
@Injectable()
export class WatchEndedGates {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly gates: GateControl,
    private readonly clock: Clock,
  ) {}

  /** Answers how many were looked at. */
  async run(): Promise<number> {
    const now = this.clock.now();
    const due = await this.unitOfWork.run({ actor, traceId: null }, (tx) =>
      tx.gates.takeEnded(now, addMilliseconds(now, -everyMs), atOnce),
    );
    const looks = await Promise.allSettled(due.map((gate) => this.look(gate)));
    const failures = looks.flatMap((look): unknown[] => (look.status === 'rejected' ? [look.reason] : []));
    if (failures.length > 0) throw new AggregateError(failures, 'not every ended gate could be looked at');
    return due.length;
  }

  private async look(gate: Gate): Promise<void> {
    const found = afterLookAtEnded(gate, await this.gates.read(gate.id));
    if (found !== null) await this.act(gate, found);
  }

  private async act(seen: Gate, { closeUnder, need }: AfterEnd): Promise<void> {
    await this.unitOfWork.run({ actor, traceId: null }, async (tx) => {
      const now = this.clock.now();
      const exemption = await tx.exemptions.find({ kind: 'platform' }, seen.exemptionId, now);
      const { gate } = await nextOrder(tx, seen.id);
      // Ordered on since: another right has begun, or another worker saw the same.
      if (exemption === null || gate?.version !== seen.version) return;
      if (closeUnder !== null) await orderClosing(tx, { gate, fence: closeUnder }, { actor, now });
      const { id: exemptionId, tenantId, fence } = exemption;
      await noteProblem(tx, { exemptionId, tenantId, fence }, need, now, true);
      await tx.audit('gate.opened-after-end', { type: 'exemption', id: exemptionId }, { closeUnder });
    });
  }
}
