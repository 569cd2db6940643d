import { restartLifecycle } from '../domain/enforcement/restart.lifecycle.js';
import type { Restart } from '../domain/enforcement/restart.js';
import type { Instant } from '../domain/instants.js';
import type { Ids } from '../domain/ports/ids.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { notFound } from '../domain/refusals.js';
import { applyEvent } from './apply-event.js';
import type { Call } from './call.js';
import { lockExemption, mustBeLive } from './lock-exemption.js';
import { saveText } from './save-text.js';
import type { MachineRow } from './views/exemption-view.js';
import { viewMachine } from './views/machine-row.js';

/** An engineer's order for one machine, with its reason. */
export interface SteeringOrder {
  readonly exemptionId: string;
  readonly vmId: string;
  readonly reason: string;
  readonly as: 'retried' | 'skipOrdered';
  /** Throws where the order makes no sense for this restart, whatever its state. */
  readonly mayBeGiven?: (restart: Restart) => void;
}

/** Gives the order to the machine's restart that waits for it, and answers with its row. */
export async function steerRestart(
  tx: Transaction,
  ids: Ids,
  call: Call,
  order: SteeringOrder,
  now: Instant,
): Promise<MachineRow> {
  const exemption = await lockExemption(tx, call, order.exemptionId, now);
  const restart = await tx.restarts.lockLatest(exemption.id, order.vmId);
  // A machine that Postern stopped has to be started, whatever became of the right (invariant I18).
  if (restart?.stoppedByUs !== true) mustBeLive(exemption);
  if (restart === null) throw notFound();
  order.mayBeGiven?.(restart);
  const about = { tenantId: restart.tenantId, about: 'restart', aboutId: restart.id } as const;
  const reasonTextId = await saveText(tx, ids, { ...about, text: order.reason });
  const event = { type: order.as, reasonTextId };
  const next = await applyEvent(tx, restartLifecycle, restart, restart.id, event, { actor: call.actor, now });
  return viewMachine(tx, next, exemption, { actor: call.actor, now });
}
