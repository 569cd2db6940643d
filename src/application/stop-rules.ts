import { kindOf, type StepRules } from '../domain/enforcement/next-step.js';
import { isOvertaken } from '../domain/enforcement/overtaken.js';
import type { PowerOperation } from '../domain/enforcement/power-operation.js';
import type { Restart } from '../domain/enforcement/restart.js';
import { isStillWanted, mayHaveStopped, wasNeverTaken } from '../domain/enforcement/still-wanted.js';
import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

/** What a machine's stop is to be judged by; a start is given whatever is wanted by now (I18). */
export interface StopRules extends Omit<StepRules, 'now' | 'deadlineMs'> {
  /** True where its plan is over, and not merely halted. */
  readonly isOvertaken: boolean;
}

export async function stopRules(
  tx: Transaction,
  restart: Restart,
  last: PowerOperation | null,
  now: Instant,
): Promise<StopRules> {
  const stops = kindOf(restart) === 'deallocate' ? await stopsUpTo(tx, last) : [];
  const taken = { wasNeverTaken: wasNeverTaken(stops), mayHaveStopped: mayHaveStopped(stops) };
  const isToBegin = kindOf(restart) === 'deallocate' && taken.wasNeverTaken;
  return { ...taken, ...(isToBegin ? await standingOf(tx, restart, now) : goesOn) };
}

/** What has begun is finished. */
const goesOn = { isStillWanted: true, isOvertaken: false } as const;

async function stopsUpTo(tx: Transaction, last: PowerOperation | null): Promise<readonly PowerOperation[]> {
  if (last === null) return [];
  return last.attempt === 1 ? [last] : tx.operations.stopsOf(last.restartId);
}

/** By what the rows say at this moment: the note of the last look may be older than what became of another machine. */
async function standingOf(
  tx: Transaction,
  restart: Restart,
  now: Instant,
): Promise<Pick<StopRules, 'isStillWanted' | 'isOvertaken'>> {
  const [exemption, inTrouble] = await Promise.all([
    tx.exemptions.find({ kind: 'platform' }, restart.exemptionId, now),
    // A revocation never stands still: nothing is asked that would not be heard.
    restart.direction === 'revoke' ? [] : tx.restarts.haltersOf(restart),
  ]);
  if (exemption === null) return { isStillWanted: false, isOvertaken: true };
  return {
    isStillWanted: isStillWanted(restart, exemption, { now, inTrouble }),
    isOvertaken: isOvertaken(restart, exemption),
  };
}
