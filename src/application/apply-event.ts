import { decide } from '../domain/lifecycle.js';
import type { Aggregate, Lifecycle, LifecycleEvent } from '../domain/lifecycle-table.js';
import type { Actor } from '../domain/access/actor.js';
import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { RefusedError } from '../domain/refusals.js';
import { toldOf } from '../domain/told.js';

/** Who applies an event, and when. */
export interface EventContext {
  readonly actor: Actor;
  readonly now: Instant;
}

/**
 * The only writer of a lifecycle (house rule 7): decides, and records what was accepted in the transaction.
 * Returns the aggregate as it is now; unchanged where the event was a repeat. Throws RefusedError with all reasons.
 */
export async function applyEvent<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  tx: Transaction,
  lifecycle: Lifecycle<S, A, E>,
  current: A | null,
  id: string,
  event: E,
  context: EventContext,
): Promise<A> {
  const decision = decide(lifecycle, current, id, event, context);
  if (decision.kind === 'unchanged') return decision.current;
  if (decision.kind === 'refused') {
    const [first, ...others] = decision.refusals;
    if (first === undefined) throw new Error(`${lifecycle.name} refused "${event.type}" without a reason`);
    throw new RefusedError(decision.as, [first, ...others]);
  }
  await tx.record(decision, toldOf(decision.entry, decision.next, requestOf(lifecycle.name, decision.next)));
  return decision.next;
}

/**
 * The same for a worker that may come too late: null where the aggregate moved on and the event has nothing left to
 * say. A worker's late word is silence, a person's is a conflict.
 */
export async function applyIfTimely<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  tx: Transaction,
  lifecycle: Lifecycle<S, A, E>,
  current: A,
  event: E,
  context: EventContext,
): Promise<A | null> {
  const decision = decide(lifecycle, current, current.id, event, context);
  if (decision.kind === 'refused') return null;
  if (decision.kind === 'unchanged') return decision.current;
  await tx.record(decision, toldOf(decision.entry, decision.next, requestOf(lifecycle.name, decision.next)));
  return decision.next;
}

/** On whose timeline it is told: a gate tells through the exemption it serves, which names the request. */
function requestOf(name: string, aggregate: object): string | null {
  if (name === 'request') return (aggregate as { readonly id: string }).id;
  if ('requestId' in aggregate && typeof aggregate.requestId === 'string') return aggregate.requestId;
  return null;
}
