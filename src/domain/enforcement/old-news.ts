import type { Gate } from '../gate/gate.js';
import { millisecondsBetween, type Instant } from '../instants.js';
import type { MachineAnswer } from '../ports/compute-control-plane.js';
import type { Seen, StepResult } from './step.js';

/** Two of the longest waits between polls: what was read so soon after it ended was read in time. */
const inTimeMs = 60_000;

/**
 * Whether the end of an operation is old news by the time that it is read: the gate was ordered elsewhere since it was
 * planned, or it ended longer ago than polls and clocks are apart. It tells what was so then. What was done to the machine
 * since, only a look can show (I6).
 */
export function isOldNews(
  seen: Seen | null,
  {
    plannedUnder,
    gate,
    clockMarginMs,
  }: {
    /** The fence that its cycle was planned under. */
    readonly plannedUnder: number;
    readonly gate: Gate | null;
    readonly clockMarginMs: number;
  },
): boolean {
  if (seen === null || seen.proof !== 'operation') return false;
  return plannedUnder !== gate?.fence || isLate(seen, clockMarginMs);
}

function isLate({ at, lookedAt }: Seen, clockMarginMs: number): boolean {
  return millisecondsBetween(at, lookedAt) > clockMarginMs + inTimeMs;
}

/** Old news, and what a look says of the machine after it; without that where nobody can say, or it is another machine. */
export function withLook(result: StepResult, answer: MachineAnswer, lookedAt: Instant): StepResult {
  if (answer.kind !== 'found' || answer.machine.vmId !== result.operation.vmId) return result;
  const { powerState } = answer;
  return { ...result, since: { powerState, proof: 'look', at: lookedAt, lookedAt } };
}
