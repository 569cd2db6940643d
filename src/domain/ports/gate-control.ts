import type { GatePosition, GateReach } from '../gate/gate.js';
import type { Instant } from '../instants.js';

export interface GateReading {
  readonly position: GatePosition;
  readonly fence: number;
  /** On the cloud's clock; null where the gate never moved. */
  readonly movedAt: Instant | null;
  readonly appliesTo: GateReach;
}

export type GateReadAnswer =
  | ({ readonly kind: 'read' } & GateReading)
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterSeconds: number | null };

export type GateMoveAnswer =
  | {
      readonly kind: 'moved';
      readonly fence: number;
      readonly movedAt: Instant;
      readonly appliesTo: GateReach;
    }
  /** The gate stands at a larger fence, or at this fence in the other position: it was moved by somebody else. */
  | { readonly kind: 'fence-too-small'; readonly theirFence: number }
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterSeconds: number | null };

/** The platform's own switch for port 25 of one subscription (docs/enforcement.md): `read()` and `move(position, fence)`. */
export abstract class GateControl {
  abstract read(subscriptionId: string): Promise<GateReadAnswer>;
  /** Moves with a fence that must be larger than the gate's; the same position and fence again is answered alike. */
  abstract move(subscriptionId: string, position: GatePosition, fence: number): Promise<GateMoveAnswer>;
}
