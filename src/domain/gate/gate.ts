import type { Instant } from '../instants.js';

/** Where the platform's switch of one subscription stands, as far as it was confirmed to us. */
export type GateState = 'closed' | 'opening' | 'open' | 'closing' | 'disputed';
export type GatePosition = 'open' | 'closed';

/** `next-start`: a machine takes a new position when it next takes a host. `running`: it feels it at once. */
export type GateReach = 'next-start' | 'running';

/** The gate of one subscription; its id is the subscription's. The fence only grows. */
export interface Gate {
  readonly id: string;
  readonly state: GateState;
  readonly version: number;
  readonly tenantId: string;
  readonly exemptionId: string;
  /** The request of that exemption: on its timeline the moves are told. */
  readonly requestId: string;
  /** The position and fence that were ordered last. */
  readonly position: GatePosition;
  readonly fence: number;
  readonly orderedAt: Instant;
  /** The fence of the last confirmed move; 0 before the first. */
  readonly confirmedFence: number;
  /** When that move was confirmed, on our clock. */
  readonly confirmedAt: Instant | null;
  /** When the platform says it moved, on the cloud's clock: the `g` of docs/enforcement.md. */
  readonly movedAt: Instant | null;
  readonly appliesTo: GateReach;
  /** The confirmed fence of the first opening ever; null when it never stood open. */
  readonly firstOpenedFence: number | null;
  /** The larger fence that the platform answered with, while disputed. */
  readonly theirFence: number | null;
}

/** A gate whose ordered move was confirmed: only then does it say anything about machines. */
export function isSettled(gate: Gate): boolean {
  return (gate.state === 'open' || gate.state === 'closed') && gate.confirmedFence === gate.fence;
}
