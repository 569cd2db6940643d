import type { Gate } from '../gate/gate.js';
import type { Machine } from './machine.js';
import { mayBeOpenAway } from './physics.js';
import { isAway, isElsewhere } from './place.js';
import type { Direction } from './restart.js';

/**
 * Whether a machine is shown as absent. While a right is enabled that is one in another subscription, too: it is none of
 * those that the exemption is for. While a right is ended it is closed where it was found.
 */
export function isHeldAbsent(machine: Machine, direction: Direction): boolean {
  return machine.absentSince !== null || (direction === 'enable' && isElsewhere(machine));
}

/** Whether a machine that was proven needs not be seen once more: it is away, and holds nothing up where it is. */
export function isProvenAway(machine: Machine, direction: Direction, gate: Gate): boolean {
  return isAway(machine) && (direction === 'enable' || !mayBeOpenAway(machine, gate));
}
