import { exemptionLifecycle } from './exemption/exemption.lifecycle.js';
import { restartLifecycle } from './enforcement/restart.lifecycle.js';
import { gateLifecycle } from './gate/gate.lifecycle.js';
import { arrowsOf, toMermaid, verifyLifecycle, type Arrow } from './lifecycle-graph.js';
import type { Aggregate, AggregateName, HistoryEntry, Lifecycle, LifecycleEvent } from './lifecycle-table.js';
import { evolve } from './lifecycle.js';
import { requestLifecycle } from './request/request.lifecycle.js';
import { violationLifecycle } from './violation/violation.lifecycle.js';

/** A lifecycle with its types closed over, so that all five can be walked alike. */
export interface AnyLifecycle {
  readonly name: AggregateName;
  readonly states: Readonly<Record<string, { readonly kind: string; readonly patience?: string }>>;
  readonly arrows: readonly Arrow<string>[];
  readonly problems: readonly string[];
  readonly mermaid: string;
  /** Folds a whole history; what comes out is the row (invariant I3). Throws where a line has no row in the table. */
  readonly fold: (history: readonly HistoryEntry[]) => Aggregate<string> | null;
}

function close<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
): AnyLifecycle {
  return {
    name: lifecycle.name,
    states: lifecycle.states,
    arrows: arrowsOf(lifecycle),
    problems: verifyLifecycle(lifecycle),
    mermaid: toMermaid(lifecycle),
    fold: (history) =>
      // History is stored untyped; a line of another lifecycle finds no row and throws.
      history.reduce<A | null>((row, entry) => evolve(lifecycle, row, entry as HistoryEntry<E>), null),
  };
}

/** THE list of lifecycles. */
export const lifecycles: readonly AnyLifecycle[] = [
  close(requestLifecycle),
  close(exemptionLifecycle),
  close(restartLifecycle),
  close(gateLifecycle),
  close(violationLifecycle),
];

export function lifecycleNamed(name: AggregateName): AnyLifecycle {
  const found = lifecycles.find((lifecycle) => lifecycle.name === name);
  if (found === undefined) throw new Error(`there is no lifecycle "${name}"`);
  return found;
}
