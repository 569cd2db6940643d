import type { GateState } from '../gate/gate.js';
import type { Instant } from '../instants.js';
import type { Suspension } from './exemption.js';

/** What the last look under the suspension's gate that was complete saw, and when it was sent; null before the first. */
export interface SeenSuspended {
  readonly stillOpen: number;
  readonly seenAt: Instant;
}

/**
 * What a suspension means for the machines right now. Where running ones are left alone nothing is restarted, so that
 * progress counts none of them: these words are what says how many may use port 25 still.
 */
export function suspensionWords(
  { closeRunning }: Pick<Suspension, 'closeRunning'>,
  gate: GateState | null,
  seen: SeenSuspended | null,
): string {
  if (gate !== 'closed')
    return 'The gate was ordered to close and has not confirmed it: until it does, machines that start are open.';
  if (seen === null) return 'The gate is closed. How many machines are still open is being looked at.';
  const { stillOpen, seenAt } = seen;
  if (stillOpen === 0)
    return `The gate is closed, and no machine may use port 25 any more (seen at ${seenAt}).`;
  const who = stillOpen === 1 ? 'One machine' : `${String(stillOpen)} machines`;
  const open = `The gate is closed. ${who} may use port 25 still (seen at ${seenAt})`;
  return closeRunning
    ? `${open}: running machines are being stopped (deallocated) and started to close them.`
    : `${open}, until stopped (deallocated): running machines are left alone. Nothing is restarted, so progress counts none.`;
}
