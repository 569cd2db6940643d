import { exemptionLifecycle } from '../domain/exemption/exemption.lifecycle.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { type EventContext, applyEvent } from './apply-event.js';
import { nextOrder, orderClosing, orderOpening } from './order-gate.js';

/** Why a right is suspended or ended, for history: codes and ids only. */
export interface Ground {
  readonly reasonCode: string;
  readonly violationId: string | null;
  readonly textId: string | null;
}

/** Suspends, and orders the gate closed under a later fence, in one commit. The caller holds the exemption. */
export async function suspend(
  tx: Transaction,
  exemption: Exemption,
  ground: Ground & { readonly closeRunning: boolean },
  context: EventContext,
): Promise<Exemption> {
  const order = await nextOrder(tx, exemption.subscriptionId);
  const event = { type: 'suspended', fence: order.fence, ...ground } as const;
  const next = await applyEvent(tx, exemptionLifecycle, exemption, exemption.id, event, context);
  await orderClosing(tx, order, context);
  return next;
}

/**
 * Orders the gate open again under a later fence: only machines that took a host meanwhile need a cycle. The first of two
 * people orders nothing yet.
 */
export async function reinstate(
  tx: Transaction,
  exemption: Exemption,
  word: { readonly textId: string; readonly isFirstOfTwo: boolean },
  context: EventContext,
): Promise<Exemption> {
  const order = await nextOrder(tx, exemption.subscriptionId);
  const event = { type: 'reinstated', fence: order.fence, ...word } as const;
  const next = await applyEvent(tx, exemptionLifecycle, exemption, exemption.id, event, context);
  if (next.state === 'enabling') await orderOpening(tx, order, next, exemption.tenantId, context);
  return next;
}

/** Orders the end of the right: the gate closes first, then every machine is proven closed (I7). */
export async function revoke(
  tx: Transaction,
  exemption: Exemption,
  ground: Ground,
  context: EventContext,
): Promise<Exemption> {
  const order = await nextOrder(tx, exemption.subscriptionId);
  const event = { type: 'revocationOrdered', fence: order.fence, ...ground } as const;
  const next = await applyEvent(tx, exemptionLifecycle, exemption, exemption.id, event, context);
  await orderClosing(tx, order, context);
  return next;
}

/** The right has reached its date: it ends as a revocation does, without blame. */
export async function expire(
  tx: Transaction,
  exemption: Exemption,
  context: EventContext,
): Promise<Exemption> {
  const order = await nextOrder(tx, exemption.subscriptionId);
  const event = { type: 'expiryReached', fence: order.fence } as const;
  const next = await applyEvent(tx, exemptionLifecycle, exemption, exemption.id, event, context);
  await orderClosing(tx, order, context);
  return next;
}
