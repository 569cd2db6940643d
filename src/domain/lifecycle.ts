import { partyOf, actorRef, type Actor, type ActorRef, type Party } from './access/actor.js';
import type { Effect } from './effects.js';
import type { Instant } from './instants.js';
import type { Refusal } from './refusals.js';

/**
 * The one interpreter. A lifecycle is a table keyed by (event, from); `decide` reads it, and nothing else moves a
 * state. The shape follows block/kfsm (a transition returns value and effects) and vendure's validated graphs.
 */
export type AggregateName = 'request' | 'exemption' | 'restart' | 'gate' | 'violation';

/** What every aggregate has: `version` counts its events from 1 without gaps, and is its ETag. */
export interface Aggregate<S extends string> {
  readonly id: string;
  readonly state: S;
  readonly version: number;
}

/** What happened, by name; the payload carries ids and facts, never personal data. */
export interface LifecycleEvent {
  readonly type: string;
}

/** Who and when: kept with the event, so that a fold over history needs nothing else. */
export interface Stamp {
  readonly at: Instant;
  readonly by: ActorRef;
}

/** One line of an aggregate's history. Folding all lines of an aggregate gives its row (invariant I3). */
export interface HistoryEntry<E extends LifecycleEvent = LifecycleEvent> {
  readonly aggregate: AggregateName;
  readonly aggregateId: string;
  readonly version: number;
  readonly from: string | null;
  readonly to: string;
  readonly event: E;
  readonly at: Instant;
  readonly by: ActorRef;
}

/** How a refusal is answered: as a conflict (409), as forbidden (403), as refused by policy (422). */
export type RefusalKind = 'conflict' | 'forbidden' | 'policy';

/** A rule of a row: null when it holds, else why not. */
export type TransitionRule<A, E> = (
  current: A,
  event: E,
  context: DecideContext,
) => (Refusal & { readonly kind: RefusalKind }) | null;

/** The world that a rule may look at: who asks, and when. Everything else comes in the event. */
export interface DecideContext {
  readonly actor: Actor;
  readonly now: Instant;
}

/** Everything but the identity, state and version: those are the interpreter's. */
export type Facts<A> = Omit<A, 'id' | 'state' | 'version'>;

/** One row of a table: where an event leads from one state, who may cause it, and what it changes. */
export interface Transition<S extends string, A extends Aggregate<S>, E> {
  readonly to: S | readonly S[];
  /** Needed where `to` names several states: picks one of them from the event and the facts alone. */
  readonly choose?: (current: A, event: E) => S;
  readonly by: readonly Party[];
  readonly onlyIf?: readonly TransitionRule<A, E>[];
  readonly set?: (current: A, event: E, stamp: Stamp) => Partial<Facts<A>>;
  readonly effects?: (next: A, event: E) => readonly Effect[];
}

/** The row that makes an aggregate: it has no state to come from. */
export interface Birth<S extends string, A extends Aggregate<S>, E> {
  readonly to: S | readonly S[];
  readonly choose?: (event: E) => S;
  readonly by: readonly Party[];
  readonly make: (event: E, stamp: Stamp) => Facts<A>;
  readonly effects?: (next: A, event: E) => readonly Effect[];
}

type OfType<E extends LifecycleEvent, T extends E['type']> = Extract<E, { readonly type: T }>;

/** What a repeated event means where it already led: a worker's repeat is silence, a person's is a conflict. */
export type Repeat = 'ignored' | 'conflict';

/** A working state waits for something, and says how long it may and what happens then. */
export type StateKind =
  | { readonly kind: 'working'; readonly patience: string }
  | { readonly kind: 'settled' }
  | { readonly kind: 'final' };

export interface Lifecycle<S extends string, A extends Aggregate<S>, E extends LifecycleEvent> {
  readonly name: AggregateName;
  readonly states: Readonly<Record<S, StateKind>>;
  readonly births: { readonly [T in E['type']]?: Birth<S, A, OfType<E, T>> };
  readonly transitions: {
    readonly [T in E['type']]?: { readonly [F in S]?: Transition<S, A, OfType<E, T>> };
  };
  readonly repeats: { readonly [T in E['type']]?: Repeat };
  /** What must be true in a state: null when it is, else the sentence that is broken (a defect, so it throws). */
  readonly invariants: { readonly [F in S]?: (aggregate: A) => string | null };
}

export interface Accepted<A, E extends LifecycleEvent = LifecycleEvent> {
  readonly kind: 'accepted';
  readonly next: A;
  readonly entry: HistoryEntry<E>;
  readonly effects: readonly Effect[];
}

export type Decision<A, E extends LifecycleEvent = LifecycleEvent> =
  | Accepted<A, E>
  | { readonly kind: 'unchanged'; readonly current: A }
  | { readonly kind: 'refused'; readonly as: RefusalKind | 'final'; readonly refusals: readonly Refusal[] };

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
  return { ...current, ...change, ...identity } as A;
}

function rowFor<S extends string, A extends Aggregate<S>, E extends LifecycleEvent>(
  lifecycle: Lifecycle<S, A, E>,
  current: A | null,
  event: E,
): AnyRow<A, E> | undefined {
  const type: E['type'] = event.type;
  if (current === null) return lifecycle.births[type] as AnyRow<A, E> | undefined;
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
