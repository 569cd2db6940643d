import { isSettled, type Gate } from '../gate/gate.js';
import { type Instant, millisecondsBetween } from '../instants.js';
import type { Machine } from './machine.js';
import { isAway } from './place.js';

export interface OriginRules {
  readonly gate: Gate;
  readonly now: Instant;
  readonly logWasAsked: boolean;
  readonly logLateMs: number;
  readonly clockMarginMs: number;
}

/**
 * Whether it may still be learnt that a machine was created here since the gate moved, so that it needs nothing: the log
 * tells late. Under a closed gate nobody waits for that: a machine that was moved in may be open, and once the log was asked
 * it is closed like any other.
 */
export function isOriginPending(machine: Machine, rules: OriginRules): boolean {
  const { gate, now, logWasAsked, logLateMs, clockMarginMs } = rules;
  if (machine.host !== 'held' || machine.carries !== 'unknown' || machine.createdHere) return false;
  if (machine.backSince !== null || isAway(machine) || machine.timeCreated === null) return false;
  if (!isSettled(gate) || gate.movedAt === null || gate.appliesTo === 'running') return false;
  if (millisecondsBetween(gate.movedAt, machine.timeCreated) < 0) return false;
  if (gate.position === 'closed') return !logWasAsked;
  return millisecondsBetween(machine.timeCreated, now) < logLateMs + clockMarginMs;
}
