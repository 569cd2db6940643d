import type { Effect } from '../effects.js';
import type { Instant } from '../instants.js';
import type { Lifecycle, Transition, TransitionRule } from '../lifecycle-table.js';
import type { Gate, GateReach, GateState } from './gate.js';

export interface OpeningOrdered {
  readonly type: 'openingOrdered';
  readonly tenantId: string;
  readonly exemptionId: string;
  readonly requestId: string;
  readonly fence: number;
}
export interface ClosingOrdered {
  readonly type: 'closingOrdered';
  readonly fence: number;
}
export interface Moved {
  readonly type: 'moved';
  readonly fence: number;
  readonly movedAt: Instant;
  readonly appliesTo: GateReach;
}
export interface Disputed {
  readonly type: 'disputed';
  readonly fence: number;
  readonly theirFence: number;
}
export interface GateFenceAdopted {
  readonly type: 'fenceAdopted';
  readonly fence: number;
}
export type GateEvent = OpeningOrdered | ClosingOrdered | Moved | Disputed | GateFenceAdopted;

type Row<E> = Transition<GateState, Gate, E>;

const move = (next: Gate): readonly Effect[] => [
  { type: 'move-gate', subscriptionId: next.id, fence: next.fence },
];

const fenceGrows: TransitionRule<Gate, { readonly fence: number }> = (current, event) =>
  event.fence > current.fence
    ? null
    : {
        kind: 'conflict',
        code: 'fence-must-grow',
        message: `The gate stands at fence ${String(current.fence)}; ${String(event.fence)} would go back.`,
        nextStep: 'Read the gate again and order with the next fence.',
      };

const fenceIsThePresentOne: TransitionRule<Gate, { readonly fence: number }> = (current, event) =>
  event.fence === current.fence
    ? null
    : {
        kind: 'conflict',
        code: 'fence-superseded',
        message: `The answer was for fence ${String(event.fence)}; the gate was ordered on to ${String(current.fence)}.`,
        nextStep: 'Nothing: the later order is on its way.',
      };

const openingOrdered: Row<OpeningOrdered> = {
  to: 'opening',
  by: ['platform', 'policy'],
  onlyIf: [fenceGrows],
  set: (_current, event, stamp) => ({
    position: 'open',
    tenantId: event.tenantId,
    fence: event.fence,
    exemptionId: event.exemptionId,
    requestId: event.requestId,
    orderedAt: stamp.at,
  }),
  effects: move,
};

const closingOrdered: Row<ClosingOrdered> = {
  to: 'closing',
  by: ['platform', 'policy', 'system'],
  onlyIf: [fenceGrows],
  set: (_current, event, stamp) => ({ position: 'closed', fence: event.fence, orderedAt: stamp.at }),
  effects: move,
};

const moved = (to: 'open' | 'closed'): Row<Moved> => ({
  to,
  by: ['system'],
  onlyIf: [fenceIsThePresentOne],
  set: (current, event, stamp) => ({
    confirmedFence: event.fence,
    confirmedAt: stamp.at,
    movedAt: event.movedAt,
    appliesTo: event.appliesTo,
    firstOpenedFence: to === 'open' ? (current.firstOpenedFence ?? event.fence) : current.firstOpenedFence,
  }),
  effects: (next) => [{ type: 'conduct-restarts', exemptionId: next.exemptionId }],
});

const disputed: Row<Disputed> = {
  to: 'disputed',
  by: ['system'],
  onlyIf: [fenceIsThePresentOne],
  set: (_current, event) => ({ theirFence: event.theirFence }),
};

/** The gate: the platform's own switch, moved with a fence that only grows (docs/enforcement.md). */
export const gateLifecycle: Lifecycle<GateState, Gate, GateEvent> = {
  name: 'gate',
  states: {
    closed: { kind: 'settled' },
    opening: { kind: 'working', patience: 'tried again with a back-off of at most 5 minutes until answered' },
    open: { kind: 'settled' },
    closing: { kind: 'working', patience: 'as opening; after 20 minutes it needs a human' },
    disputed: {
      kind: 'working',
      patience: 'waits for an Operator to adopt the platform’s fence; never opens by itself',
    },
  },
  births: {
    openingOrdered: {
      to: 'opening',
      by: ['platform', 'policy'],
      make: ({ type: _type, ...event }: OpeningOrdered, stamp) => ({
        ...event,
        position: 'open',
        orderedAt: stamp.at,
        confirmedFence: 0,
        confirmedAt: null,
        movedAt: null,
        appliesTo: 'next-start',
        firstOpenedFence: null,
        theirFence: null,
      }),
      effects: move,
    },
  },
  transitions: {
    openingOrdered: {
      closed: openingOrdered,
      closing: openingOrdered,
      open: openingOrdered,
      opening: openingOrdered,
    },
    closingOrdered: {
      open: closingOrdered,
      opening: closingOrdered,
      closed: closingOrdered,
      closing: closingOrdered,
      disputed: { ...closingOrdered, to: 'disputed', effects: () => [] },
    },
    moved: { opening: moved('open'), closing: moved('closed') },
    disputed: { opening: disputed, closing: disputed },
    fenceAdopted: {
      disputed: {
        to: ['opening', 'closing'],
        choose: (current) => (current.position === 'open' ? 'opening' : 'closing'),
        by: ['platform'],
        onlyIf: [fenceGrows],
        set: (_current, event, stamp) => ({ fence: event.fence, theirFence: null, orderedAt: stamp.at }),
        effects: move,
      },
    },
  },
  repeats: { moved: 'ignored', disputed: 'ignored' },
  invariants: {
    open: (gate) => (gate.confirmedFence === gate.fence ? null : 'open without a confirmation of its fence'),
    closed: (gate) =>
      gate.confirmedFence === gate.fence ? null : 'closed without a confirmation of its fence',
  },
};
