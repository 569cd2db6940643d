import { actorRef, partyOf, type Party } from './access/actor.js';
import type { Effect } from './effects.js';
import type {
  Aggregate,
  LifecycleEvent,
  Stamp,
  HistoryEntry,
  RefusalKind,
  TransitionRule,
  DecideContext,
  Transition,
  Birth,
  Lifecycle,
  Decision,
} from './lifecycle-table.js';

/** An event that a table of `A` knows. */
interface AnyRow<A, E> {
  readonly to: string | readonly string[];
  readonly by: readonly Party[];
  readonly onlyIf?: readonly TransitionRule<A, E>[];
}

/**
 * Decides what an event does to an aggregate (null: it does not exist yet). Pure: same arguments, same answer.
 * Throws only where an invariant of the state reached is broken, which is a defect and never an input's fault.
 */
export function decide<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
  current: A | null,
  id: string,
  event: E,
  context: DecideContext,
): Decision<A, E> {
  const row = rowFor(lifecycle, current, event);
  if (row === undefined) return withoutRow(lifecycle, current, event);
  const refused = refusalsOf(row, current, event, context);
  if (refused !== null) return refused;
  const entry: HistoryEntry<E> = {
    aggregate: lifecycle.name,
    aggregateId: id,
    version: (current?.version ?? 0) + 1,
    from: current?.state ?? null,
    to: targetOf(lifecycle, current, event),
    event,
    at: context.now,
    by: actorRef(context.actor),
  };
  const next = evolve(lifecycle, current, entry);
  const broken = lifecycle.invariants[next.state]?.(next) ?? null;
  if (broken !== null) throw new Error(`${lifecycle.name} ${id} in ${next.state}: ${broken}`);
  return { kind: 'accepted', next, entry, effects: effectsOf(lifecycle, current, next, event) };
}

/** Folds one line of history into an aggregate. `decide` uses it too, so that a row and its history cannot differ. */
export function evolve<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
  current: A | null,
  entry: HistoryEntry<E>,
): A {
  const stamp: Stamp = { at: entry.at, by: entry.by };
  const identity = { id: entry.aggregateId, state: entry.to, version: entry.version };
  const type: E['type'] = entry.event.type;
  if (current === null) {
    const birth = lifecycle.births[type];
    if (birth === undefined) throw new Error(`${lifecycle.name} cannot begin with ${type}`);
    // The table's mapped type ties row and event by `type`; TypeScript cannot follow that through an index.
    return { ...(birth as Birth<S, A, E>).make(entry.event, stamp), ...identity } as unknown as A;
  }
  const row = lifecycle.transitions[type]?.[current.state];
  if (row === undefined) throw new Error(`${lifecycle.name} has no row for ${type} in ${current.state}`);
  const change = (row as unknown as Transition<S, A, E>).set?.(current, entry.event, stamp) ?? {};
  return { ...current, ...change, ...identity };
}

function rowFor<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
  current: A | null,
  event: E,
): AnyRow<A, E> | undefined {
  const type: E['type'] = event.type;
  if (current === null) return lifecycle.births[type];
  return lifecycle.transitions[type]?.[current.state] as AnyRow<A, E> | undefined;
}

function withoutRow<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
  current: A | null,
  event: E,
): Decision<A, E> {
  const type: E['type'] = event.type;
  if (current === null) {
    return conflict('conflict', 'not-begun', `There is no ${lifecycle.name} that could take "${type}".`);
  }
  const leadsHere = targetsOf(lifecycle, type).includes(current.state);
  if (leadsHere && lifecycle.repeats[type] === 'ignored') return { kind: 'unchanged', current };
  const final = lifecycle.states[current.state].kind === 'final';
  return conflict(
    final ? 'final' : 'conflict',
    final ? `already-${current.state}` : 'not-possible-now',
    `The ${lifecycle.name} is ${current.state}; "${type}" is not possible there.`,
  );
}

function conflict(as: RefusalKind | 'final', code: string, message: string): Decision<never, never> {
  const nextStep = 'Read the resource again and act on its present state.';
  return { kind: 'refused', as, refusals: [{ code, message, nextStep }] };
}

function refusalsOf<A, E>(
  row: AnyRow<A, E>,
  current: A | null,
  event: E,
  context: DecideContext,
): Decision<never, never> | null {
  if (!row.by.includes(partyOf(context.actor))) {
    const message = 'This step is not taken by who asks for it.';
    const nextStep = 'Ask somebody whose role has it.';
    return {
      kind: 'refused',
      as: 'forbidden',
      refusals: [{ code: 'not-for-this-party', message, nextStep }],
    };
  }
  if (current === null) return null;
  const refusals = (row.onlyIf ?? [])
    .map((rule) => rule(current, event, context))
    .filter((refusal) => refusal !== null);
  if (refusals.length === 0) return null;
  // Who may not do it at all learns that first; a policy refusal outranks a mere conflict (openapi.json, Statuses).
  const rank: readonly RefusalKind[] = ['forbidden', 'policy', 'conflict'];
  const as = rank.find((kind) => refusals.some((refusal) => refusal.kind === kind)) ?? 'conflict';
  return { kind: 'refused', as, refusals: refusals.map(({ kind: _kind, ...refusal }) => refusal) };
}

function targetOf<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
  current: A | null,
  event: E,
): S {
  const type: E['type'] = event.type;
  if (current === null) {
    const birth = lifecycle.births[type] as Birth<S, A, E>;
    return pick(lifecycle.name, type, birth.to, birth.choose?.(event));
  }
  const row = lifecycle.transitions[type]?.[current.state] as unknown as Transition<S, A, E>;
  return pick(lifecycle.name, type, row.to, row.choose?.(current, event));
}

function pick<S extends string>(name: string, type: string, to: S | readonly S[], chosen: S | undefined): S {
  if (typeof to === 'string') return to;
  if (chosen === undefined || !to.includes(chosen)) {
    throw new Error(`${name}: "${type}" chose ${chosen ?? 'nothing'}, which its row does not list`);
  }
  return chosen;
}

function effectsOf<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
  current: A | null,
  next: A,
  event: E,
): readonly Effect[] {
  const type: E['type'] = event.type;
  if (current === null) return (lifecycle.births[type] as Birth<S, A, E>).effects?.(next, event) ?? [];
  const row = lifecycle.transitions[type]?.[current.state] as unknown as Transition<S, A, E>;
  return row.effects?.(next, event) ?? [];
}

/** Every state that an event can lead to, from anywhere. */
export function targetsOf<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
  type: E['type'],
): readonly S[] {
  const rows = Object.values(lifecycle.transitions[type] ?? {}) as { readonly to: S | readonly S[] }[];
  const birth = lifecycle.births[type] as { readonly to: S | readonly S[] } | undefined;
  return [...rows, ...(birth === undefined ? [] : [birth])].flatMap((row) => row.to);
}
