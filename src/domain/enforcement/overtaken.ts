import { directionOf, type Exemption } from '../exemption/exemption.js';
import type { Restart } from './restart.js';

/** Whether a restart belongs to an order of the gate that is not the present one: its plan is over, not merely halted. */
export function isOvertaken(
  { direction, fence }: Pick<Restart, 'direction' | 'fence'>,
  exemption: Exemption,
): boolean {
  return directionOf(exemption) !== direction || exemption.fence !== fence;
}
