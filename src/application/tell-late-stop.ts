import { systemActor } from '../domain/access/actor.js';
import type { PowerOperation } from '../domain/enforcement/power-operation.js';
import type { Instant } from '../domain/instants.js';
import { type PowerOrderAnswer, wasNotTaken } from '../domain/ports/compute-control-plane.js';
import { LeaseLost } from '../domain/ports/effect-store.js';
import type { UnitOfWork } from '../domain/ports/unit-of-work.js';

const actor = systemActor('restart-vm');

/**
 * A worker whose lease is gone writes nothing of its step. But that its stop may have been taken nobody else knows: so it
 * asks, in its own name, that somebody who holds a lease looks at the machine (I8, I18). The log tells it too, late.
 */
export async function tellLateStop(
  unitOfWork: UnitOfWork,
  operation: PowerOperation,
  answer: PowerOrderAnswer,
  { error, takenAt }: { readonly error: unknown; readonly takenAt: Instant },
): Promise<void> {
  if (!(error instanceof LeaseLost) || operation.kind !== 'deallocate' || answer.kind === 'refused') return;
  if (answer.kind === 'unavailable' && wasNotTaken(answer.code)) return;
  const { restartId } = operation;
  await unitOfWork.run({ actor, traceId: null }, (tx) =>
    tx.effects.add([{ type: 'undo-late-stop', restartId, takenAt }]),
  );
}
