import type { Blocker } from '../enforcement/restart.js';
import type { GateReadAnswer } from '../ports/gate-control.js';
import type { Gate } from './gate.js';

/** A fence grows by one with each order of one subscription: no gate is honestly so far ahead of our records. */
const mostOrdersAhead = 1_000_000;

/** A fence that a gate may really stand at. Any other is a defect of the gate, and never taken over. */
export function isBelievableFence(theirs: number, ours: number): boolean {
  return Number.isSafeInteger(theirs) && theirs >= 0 && theirs - ours <= mostOrdersAhead;
}

export const absurdFence: Blocker = {
  code: 'gate-fence-absurd',
  message:
    'The platform’s gate answers with a fence that no number of orders can have led to: its service is broken, and is not believed. It is asked again, at most 5 minutes apart. Have the gate’s service mended; nothing here takes that fence over.',
};

/** What is done about the gate of a right that has ended: a closing under this fence, and a human; or a human alone. */
export interface AfterEnd {
  readonly closeUnder: number | null;
  readonly need: Blocker;
}

/** Null where it stands closed, or did not say. A gate that somebody opened is closed above its own fence. */
export function afterLookAtEnded(gate: Gate, reading: GateReadAnswer): AfterEnd | null {
  if (reading.kind !== 'read' || reading.position === 'closed') return null;
  if (!isBelievableFence(reading.fence, gate.fence)) return { closeUnder: null, need: openAndAbsurd };
  return { closeUnder: Math.max(gate.fence, reading.fence) + 1, need: openedAfterEnd };
}

const openedAfterEnd: Blocker = {
  code: 'gate-opened-after-end',
  message:
    'Somebody else opened the platform’s gate after this right had ended. It is closed again; machines that were started meanwhile may still use port 25. Find out who opened it, and stop (deallocate) and start those machines.',
};

const openAndAbsurd: Blocker = {
  code: 'gate-opened-after-end',
  message:
    'The platform’s gate stands open after this right had ended, at a fence that no number of orders can have led to. It cannot be closed from here: close it in the gate’s own service, and have that mended.',
};
