import type { Exemption } from '../domain/exemption/exemption.js';
import { gateLifecycle } from '../domain/gate/gate.lifecycle.js';
import type { Gate } from '../domain/gate/gate.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { type EventContext, applyEvent } from './apply-event.js';

/** The gate of a subscription, held until the commit, and the fence of its next order. */
export interface NextOrder {
  /** Null before the first order ever. */
  readonly gate: Gate | null;
  readonly fence: number;
}

/** Fences only grow (I8): the next one is taken while the gate's row is held. */
export async function nextOrder(tx: Transaction, subscriptionId: string): Promise<NextOrder> {
  const gate = await tx.gates.lock(subscriptionId);
  return { gate, fence: (gate?.fence ?? 0) + 1 };
}

/** Orders the gate open for an exemption, in the transaction of the event that wants it. */
export function orderOpening(
  tx: Transaction,
  order: NextOrder,
  exemption: Exemption,
  tenantId: string,
  context: EventContext,
): Promise<Gate> {
  const { id: exemptionId, requestId, subscriptionId } = exemption;
  const event = { type: 'openingOrdered', tenantId, exemptionId, requestId, fence: order.fence } as const;
  return applyEvent(tx, gateLifecycle, order.gate, subscriptionId, event, context);
}

/** Orders it closed. An exemption without a gate is a defect: the grant made one. */
export function orderClosing(tx: Transaction, order: NextOrder, context: EventContext): Promise<Gate> {
  const { gate, fence } = order;
  if (gate === null) throw new Error('an exemption was granted without a gate');
  return applyEvent(tx, gateLifecycle, gate, gate.id, { type: 'closingOrdered', fence }, context);
}
