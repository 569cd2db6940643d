import { ArmError } from './errors.js';
import type { EmulatedMachine, Position } from './machine.js';
import type { EmulatedSubscription, GateReach } from './subscription.js';

/** What the switchboard answers of a gate. */
export interface GateView {
  readonly gate: Position;
  readonly fence: number;
  /** On the cloud's clock; null before the first move. */
  readonly movedAt: string | null;
  readonly appliesTo: GateReach;
}

export function gateView({ gate, fence, movedAt, appliesTo }: EmulatedSubscription): GateView {
  return { gate, fence, movedAt, appliesTo };
}

/** Moves the switch. A smaller fence is refused with 409, and so is the same one with another position. */
export function moveGate(
  subscription: EmulatedSubscription,
  order: { readonly gate: Position; readonly fence: number },
  now: string,
): GateView {
  const { gate, fence } = subscription;
  if (order.fence < fence || (order.fence === fence && order.gate !== gate)) {
    throw new ArmError(409, 'FenceTooSmall', `The gate stands ${gate} at fence ${String(fence)}.`);
  }
  if (order.fence > fence) Object.assign(subscription, { ...order, movedAt: now });
  return gateView(subscription);
}

/** What the wire to port 25 says of a machine: `off` while it holds no host. */
export function wireOf(
  { appliesTo, gate }: EmulatedSubscription,
  { carried }: EmulatedMachine,
): 'open' | 'closed' | 'off' {
  if (carried === null) return 'off';
  return appliesTo === 'running' ? gate : carried;
}
