import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';

const actor = systemActor('attend-the-unattended');
const atOnce = 500;

/**
 * Gives an owner to work that has none: a gate that nobody moves, an exemption that nobody looks after though it is live or
 * owes a start, a machine in flight that nobody works on (invariant I13). None of it happens by itself; a dead effect leaves
 * it behind. Answers how many there were.
 */
@Injectable()
export class AttendTheUnattended {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  run(): Promise<number> {
    return this.unitOfWork.run({ actor, traceId: null }, async (tx) => {
      const exemptions = await tx.exemptions.unattended(atOnce);
      const restarts = await tx.restarts.unattended(atOnce);
      const gates = await tx.gates.unattended(atOnce);
      await tx.effects.add([
        ...gates.map(({ id, fence }) => ({ type: 'move-gate', subscriptionId: id, fence }) as const),
        ...exemptions.map((exemptionId) => ({ type: 'conduct-restarts', exemptionId }) as const),
        ...restarts.map((restartId) => ({ type: 'restart-vm', restartId }) as const),
      ]);
      return gates.length + exemptions.length + restarts.length;
    });
  }
}
