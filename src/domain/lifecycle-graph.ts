import type { Aggregate, Lifecycle, LifecycleEvent } from './lifecycle-table.js';

/** One arrow of a lifecycle's picture; `from` null is the beginning. */
export interface Arrow<S extends string> {
  readonly from: S | null;
  readonly event: string;
  readonly to: S;
  readonly by: readonly string[];
}

/** All arrows of a table, in the order in which the table names them. */
export function arrowsOf<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
): readonly Arrow<S>[] {
  type Row = { readonly to: S | readonly S[]; readonly by: readonly string[] };
  const arrows: Arrow<S>[] = [];
  const add = (from: S | null, event: string, row: Row) => {
    for (const to of [row.to].flat() as S[]) arrows.push({ from, event, to, by: row.by });
  };
  for (const [event, row] of Object.entries(lifecycle.births) as [string, Row][]) add(null, event, row);
  for (const [event, rows] of Object.entries(lifecycle.transitions) as [string, Record<S, Row>][]) {
    for (const [from, row] of Object.entries(rows) as [S, Row][]) add(from, event, row);
  }
  return arrows;
}

/**
 * What is wrong with a table's graph, as sentences; empty when it is sound: every state is reachable, every
 * non-final state has a way out to another, every working state has a patience, nothing leaves a final state.
 */
export function verifyLifecycle<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
): readonly string[] {
  const arrows = arrowsOf(lifecycle);
  const reached = reachableFrom(arrows);
  const states = Object.entries(lifecycle.states) as [S, Lifecycle<S, A, E>['states'][S]][];
  return states.flatMap(([state, kind]) => {
    const out = arrows.filter((arrow) => arrow.from === state);
    const problems: string[] = [];
    if (!reached.has(state)) problems.push(`${lifecycle.name}: ${state} is never reached`);
    if (kind.kind === 'final' && out.length > 0)
      problems.push(`${lifecycle.name}: ${state} is final and is left`);
    if (kind.kind !== 'final' && !out.some((arrow) => arrow.to !== state)) {
      problems.push(`${lifecycle.name}: ${state} has no way out`);
    }
    if (kind.kind === 'working' && kind.patience.trim() === '') {
      problems.push(`${lifecycle.name}: ${state} waits without patience`);
    }
    return problems;
  });
}

function reachableFrom<S extends string>(arrows: readonly Arrow<S>[]): ReadonlySet<S> {
  const reached = new Set<S>();
  let before = -1;
  while (reached.size > before) {
    before = reached.size;
    for (const arrow of arrows) if (arrow.from === null || reached.has(arrow.from)) reached.add(arrow.to);
  }
  return reached;
}

/** The picture of a lifecycle, in Mermaid's state diagram language. */
export function toMermaid<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
): string {
  const id = (state: string) => state.replaceAll('-', '_');
  const labels = new Map<string, string[]>();
  for (const arrow of arrowsOf(lifecycle)) {
    const key = `${arrow.from === null ? '[*]' : id(arrow.from)} --> ${id(arrow.to)}`;
    labels.set(key, [...(labels.get(key) ?? []), arrow.event]);
  }
  const names = Object.keys(lifecycle.states).map((state) => `  state "${state}" as ${id(state)}`);
  const arrows = [...labels].map(([key, events]) => `  ${key}: ${events.join(', ')}`);
  const ends = Object.entries<{ readonly kind: string }>(lifecycle.states)
    .filter(([, kind]) => kind.kind === 'final')
    .map(([state]) => `  ${id(state)} --> [*]`);
  return ['stateDiagram-v2', ...names, ...arrows, ...ends].join('\n');
}
