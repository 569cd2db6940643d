import type { GatePosition } from '../gate/gate.js';
import { type Instant, millisecondsBetween } from '../instants.js';
import type { CarriedPosition } from './machine.js';

/** One order to the gate of a subscription, and when the platform carried it out. */
export interface GateMove {
  readonly fence: number;
  /** Unknown for a fence of the platform's own, which disputed ours. */
  readonly position: CarriedPosition;
  /** On our clock: before it nobody can have moved the gate. */
  readonly orderedAt: Instant;
  /** On the cloud's clock; null where no confirmation came, so that it may have moved at any time since, or never. */
  readonly movedAt: Instant | null;
}

/** The fences under which something may have happened (`highest` infinite: nobody knows); 0 is the time before the first order, when the gate was closed. */
export interface FenceSpan {
  readonly lowest: number;
  readonly highest: number;
}

/** The fences at which the gate may have stood at an instant of the cloud's clock. */
export function fenceSpan(at: Instant, moves: readonly GateMove[], clockMarginMs: number): FenceSpan {
  const surely = moves.filter(
    ({ movedAt }) => movedAt !== null && millisecondsBetween(movedAt, at) > clockMarginMs,
  );
  const perhaps = moves.filter(
    ({ movedAt, orderedAt }) => millisecondsBetween(movedAt ?? orderedAt, at) >= -clockMarginMs,
  );
  return { lowest: largestFence(surely), highest: largestFence([...surely, ...perhaps]) };
}

function largestFence(moves: readonly GateMove[]): number {
  return moves.reduce((largest, { fence }) => Math.max(largest, fence), 0);
}

/** What a machine carries that took its host somewhere in this span: unknown where the gate stood both ways in it. */
export function carriedBetween(
  { lowest, highest }: FenceSpan,
  moves: readonly GateMove[],
): { readonly carries: CarriedPosition; readonly carriesFence: number | null } {
  if (highest === Infinity) return { carries: 'unknown', carriesFence: null };
  const positions = new Set<CarriedPosition>(lowest === 0 ? ['closed'] : []);
  for (const { fence, position } of moves) if (fence >= lowest && fence <= highest) positions.add(position);
  const [carries] = positions;
  if (carries === undefined || positions.size > 1) return { carries: 'unknown', carriesFence: null };
  return { carries, carriesFence: lowest === 0 ? null : lowest };
}

/** What the gate's history tells of its moves: one a fence, in any order. */
export function gateMovesOf(
  history: readonly { readonly at: Instant; readonly event: { readonly type: string } }[],
): readonly GateMove[] {
  const moves = new Map<number, GateMove>();
  let position: GatePosition = 'closed';
  let before: Instant | null = null;
  for (const { at, event } of history) {
    const { type, fence = 0, movedAt = null, theirFence = 0 } = event as GateHistoryEvent;
    if (type === 'openingOrdered' || type === 'closingOrdered' || type === 'fenceAdopted') {
      if (type !== 'fenceAdopted') position = type === 'openingOrdered' ? 'open' : 'closed';
      moves.set(fence, { fence, position, orderedAt: at, movedAt: null });
    }
    const ordered = moves.get(fence);
    if (type === 'moved' && ordered !== undefined) moves.set(fence, { ...ordered, movedAt });
    // Somebody else moved the gate at some time since we last heard of it, and nobody says which way.
    if (type === 'disputed')
      moves.set(theirFence, {
        fence: theirFence,
        position: 'unknown',
        orderedAt: before ?? at,
        movedAt: null,
      });
    before = at;
  }
  return [...moves.values()];
}

interface GateHistoryEvent {
  readonly type: string;
  readonly fence?: number;
  readonly movedAt?: Instant;
  readonly theirFence?: number;
}
