import type { Machine } from '../domain/enforcement/machine.js';
import { type Restart, isHeldUp, owesStart } from '../domain/enforcement/restart.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import type { Gate } from '../domain/gate/gate.js';
import type { ConductNote } from '../domain/ports/record-stores.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

/** What is on record when a look begins. */
export interface Held {
  readonly exemption: Exemption;
  readonly gate: Gate | null;
  readonly note: ConductNote | null;
  readonly machines: readonly Machine[];
  readonly restarts: readonly Restart[];
}

/**
 * Whether machines are looked after though their gate has not answered: a start that Postern owes waits for no gate, and
 * neither does who has to be told of it (I18).
 */
export async function isOwedMeanwhile(
  tx: Transaction,
  { id }: Exemption,
  note: ConductNote | null,
): Promise<boolean> {
  if ((note?.told.troubles ?? []).length > 0) return true;
  return (await tx.restarts.hasUnfinished(id)) && (await tx.restarts.ofExemption(id)).some(isHeldUp);
}

/**
 * An exemption that has ended is looked after as long as a machine that Postern stopped is not started again (I18), and
 * until its owner knows that it is.
 */
export async function hasNothingLeft(
  tx: Transaction,
  exemption: Exemption,
  note: ConductNote | null,
): Promise<boolean> {
  if ((note?.told.troubles ?? []).length > 0) return false;
  return !owesStart(await tx.restarts.ofExemption(exemption.id));
}
