import { decide } from '../domain/lifecycle.js';
import type { Aggregate, Lifecycle, LifecycleEvent } from '../domain/lifecycle-table.js';
import { RefusedError } from '../domain/refusals.js';
import type { EventContext } from './apply-event.js';

/**
 * Asks the table before anything else is judged, and writes nothing: what the state or the person stands against is
 * told before what policy does (409 and 403 before 422).
 */
export function mustBePossible<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
  current: A,
  event: E,
  context: EventContext,
): void {
  const decision = decide(lifecycle, current, current.id, event, context);
  if (decision.kind !== 'refused') return;
  const [first, ...others] = decision.refusals;
  if (first === undefined) throw new Error(`${lifecycle.name} refused "${event.type}" without a reason`);
  throw new RefusedError(decision.as, [first, ...others]);
}
