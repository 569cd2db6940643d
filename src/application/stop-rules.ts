import { kindOf, type StepRules } from '../domain/enforcement/next-step.js';
import { isOvertaken } from '../domain/enforcement/overtaken.js';
import type { PowerOperation } from '../domain/enforcement/power-operation.js';
import type { Restart } from '../domain/enforcement/restart.js';
import { isStillWanted, wasNeverTaken } from '../domain/enforcement/still-wanted.js';
import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

/** What a machine's stop is to be judged by; a start is given whatever is wanted by now (I18). */
export interface StopRules extends Pick<StepRules, 'isStillWanted' | 'wasNeverTaken'> {
  /** True where its plan is over, and not merely halted. */
  readonly isOvertaken: boolean;
}

export async function stopRules(
  tx: Transaction,
  restart: Restart,
  last: PowerOperation | null,
  now: Instant,
): Promise<StopRules> {
  const isToBegin = kindOf(restart) === 'deallocate' && (await neverTaken(tx, last));
  if (!isToBegin) return { wasNeverTaken: false, isStillWanted: true, isOvertaken: false };
  return { wasNeverTaken: true, ...(await standingOf(tx, restart, now)) };
}

async function neverTaken(tx: Transaction, last: PowerOperation | null): Promise<boolean> {
  if (last === null) return true;
  return wasNeverTaken(last.attempt === 1 ? [last] : await tx.operations.stopsOf(last.restartId));
}

/** By what the rows say at this moment: the note of the last look may be older than what became of another machine. */
async function standingOf(
  tx: Transaction,
  restart: Restart,
  now: Instant,
): Promise<Omit<StopRules, 'wasNeverTaken'>> {
  const [exemption, inTrouble] = await Promise.all([
    tx.exemptions.find({ kind: 'platform' }, restart.exemptionId, now),
    tx.restarts.inTrouble(restart),
  ]);
  if (exemption === null) return { isStillWanted: false, isOvertaken: true };
  return {
    isStillWanted: isStillWanted(restart, exemption, { now, inTrouble }),
    isOvertaken: isOvertaken(restart, exemption),
  };
}
