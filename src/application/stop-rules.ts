import { kindOf, type StepRules } from '../domain/enforcement/next-step.js';
import type { PowerOperation } from '../domain/enforcement/power-operation.js';
import type { Restart } from '../domain/enforcement/restart.js';
import { isStillWanted, wasNeverTaken } from '../domain/enforcement/still-wanted.js';
import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

/** What a machine's stop is to be judged by; a start is given whatever is wanted by now (I18). */
export async function stopRules(
  tx: Transaction,
  restart: Restart,
  last: PowerOperation | null,
  now: Instant,
): Promise<Pick<StepRules, 'isStillWanted' | 'wasNeverTaken'>> {
  const isToBegin = kindOf(restart) === 'deallocate' && (await neverTaken(tx, last));
  return { wasNeverTaken: isToBegin, isStillWanted: !isToBegin || (await isWantedNow(tx, restart, now)) };
}

async function neverTaken(tx: Transaction, last: PowerOperation | null): Promise<boolean> {
  if (last === null) return true;
  return wasNeverTaken(last.attempt === 1 ? [last] : await tx.operations.stopsOf(last.restartId));
}

/**
 * By what the rows say at this moment: the note of the last look may be older than what became of the machine beside it.
 */
async function isWantedNow(tx: Transaction, restart: Restart, now: Instant): Promise<boolean> {
  const [exemption, inTrouble] = await Promise.all([
    tx.exemptions.find({ kind: 'platform' }, restart.exemptionId, now),
    tx.restarts.inTrouble(restart),
  ]);
  return exemption !== null && isStillWanted(restart, exemption, { now, inTrouble });
}
