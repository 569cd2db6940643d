import type { Actor, ActorRef, Party } from './access/actor.js';
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
