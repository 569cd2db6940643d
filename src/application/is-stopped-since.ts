import { isStoppedByOwner, lastOfOthers } from '../domain/enforcement/logged.js';
import type { Machine } from '../domain/enforcement/machine.js';
import type { Restart } from '../domain/enforcement/restart.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

/** Whether the activity log, as far as looks have read it, tells that its owner stopped a machine since we did. */
export async function isStoppedSince(
  tx: Transaction,
  restart: Restart,
  machine: Machine,
  clockMarginMs: number,
): Promise<boolean> {
  const evidence = await tx.evidence.ofMachines(restart.subscriptionId, [restart.vmId]);
  const operations = evidence.flatMap(({ operation }) => (operation === null ? [] : [operation]));
  if (operations.length === 0) return false;
  const last = lastOfOthers(evidence, await tx.operations.oursAmong(operations));
  const ourStop = await tx.operations.last(restart.id, 'deallocate');
  return isStoppedByOwner(restart, machine, last, ourStop, clockMarginMs);
}
