import { addMilliseconds, compareInstants, type Instant } from '../instants.js';
import { carriedBetween, fenceSpan, type FenceSpan, type GateMove } from './gate-moves.js';
import type { CarriedPosition, Evidence, Machine } from './machine.js';

/**
 * The fold over the evidence of one machine (docs/enforcement.md): from a set of facts to what the machine carries.
 * A machine that held no host at one moment and holds one at a later moment took one in between; the fences at both
 * ends of that span say under which positions it may have done so. Of all spans the largest fences count, so that
 * neither order nor repetition of the evidence changes anything.
 */
export interface FoldRules {
  /** Times of the cloud's log closer to a move than this say nothing (5 minutes, docs/enforcement.md). */
  readonly clockMarginMs: number;
  /** When the machine was created, on the cloud's clock; null where the cloud does not say. */
  readonly createdAt?: Instant | null;
}

/** What the evidence says that a machine carries; null where it shows no taking of a host at all. */
export interface Carriage {
  readonly carries: CarriedPosition;
  readonly carriesFence: number | null;
}

/** A moment at which a host was held, or was not, between two instants of the cloud's clock. */
interface Moment {
  readonly from: Instant;
  readonly to: Instant;
  /** The fence of that moment where it is known by cause; null where only the clock tells. */
  readonly fence: number | null;
  readonly isLogged: boolean;
  /** On our clock: two looks of ours are told apart exactly. */
  readonly isOurs: boolean;
}

/**
 * Folds evidence; pure, commutative and idempotent. `heldUnder` is the gate's settled fence where the machine was seen
 * holding a host after all of this evidence had come in; null where that was not seen.
 */
export function foldEvidence(
  evidence: readonly Evidence[],
  heldUnder: number | null,
  moves: readonly GateMove[],
  rules: FoldRules,
): Carriage | null {
  const facts = evidence.filter(({ kind }) => kind !== 'event-grid' && kind !== 'owner-said');
  const holding = facts.filter(({ fact }) => fact === 'host-taken').map((one) => momentOf(one, rules));
  const isCreatedHere = facts.some(({ fact }) => fact === 'created-here');
  const isFenced = isCreatedHere && facts.some(({ fact }) => fact === 'created-after');
  const held = { holding, heldUnder, isCreatedHere, isFenced };
  const spans = facts.flatMap((one) => spanOf(one, held, moves, rules));
  if (spans.length === 0) return null;
  const lowest = Math.max(...spans.map((span) => span.lowest));
  const highest = Math.max(...spans.map((span) => span.highest));
  return carriedBetween({ lowest, highest }, moves);
}

/**
 * What is known of a machine after its evidence was folded: only a machine that holds a host carries anything. The
 * look that saw it was sent after the log had been read.
 */
export function withEvidence(
  machine: Machine,
  evidence: readonly Evidence[],
  moves: readonly GateMove[],
  rules: FoldRules & { readonly settledFence: number | null },
): Machine {
  const since = sinceBack(evidence, machine, rules);
  const saysMore = since.some(({ kind }) => kind === 'activity-log');
  if (!saysMore || machine.host !== 'held' || machine.gone) return machine;
  // `stopped` and `starting` are shown after a release too: only these two show a host beyond doubt.
  const isSeenHolding = machine.powerState === 'running' || machine.powerState === 'deallocating';
  const createdHere = since.some(({ fact }) => fact === 'created-here');
  const heldUnder = isSeenHolding ? rules.settledFence : null;
  const how = { ...rules, createdAt: machine.timeCreated };
  return { ...machine, createdHere, ...foldEvidence(since, heldUnder, moves, how) };
}

/** What was learnt before a machine was away says nothing of what it carries since. */
function sinceBack(
  evidence: readonly Evidence[],
  { backSince }: Machine,
  { clockMarginMs }: FoldRules,
): readonly Evidence[] {
  if (backSince === null) return evidence;
  const surely = addMilliseconds(backSince, clockMarginMs);
  return evidence.filter(({ kind, at }) => compareInstants(at, kind === 'sampled' ? backSince : surely) >= 0);
}

/** The moments at which a host was held. */
interface Holding {
  /** The log tells that it was created in this subscription; and the fence that it was created under is known by cause. */
  readonly isCreatedHere: boolean;
  readonly isFenced: boolean;
  readonly holding: readonly Moment[];
  readonly heldUnder: number | null;
}

/** What one fact proves of the taking of a host, together with the moments at which one was held. */
function spanOf(
  one: Evidence,
  held: Holding,
  moves: readonly GateMove[],
  rules: FoldRules,
): readonly FenceSpan[] {
  const { kind, fact, at, fence } = one;
  if (fact === 'host-released') return spanAfter(momentOf(one, rules), held, moves, rules);
  // It may never have lost its host: how far back that one goes, this does not say.
  if (fact === 'host-perhaps-released')
    return spanAfter(momentOf(one, rules), held, moves, rules).map(({ highest }) => ({ lowest: 0, highest }));
  if (fact === 'created-here') return held.isFenced ? [] : [creationSpan(at, moves, rules)];
  // By itself it does not say in which subscription.
  if (fact === 'created-after' && !held.isCreatedHere) return [];
  if (kind === 'activity-log') return [];
  // What a look or an operation of ours showed is bound to a fence by cause: it was sent after the confirmation.
  if (fact === 'host-taken' || fact === 'created-after') return [{ lowest: fence, highest: fence }];
  if (fact !== 'host-taken-unseen') return [];
  const release = sampled(at, null, rules);
  const logged = spanAfter(release, held, moves, rules).map(({ highest }) => highest);
  const { lowest } = fenceSpan(release.from, moves, rules.clockMarginMs);
  return [{ lowest: Math.min(lowest, fence), highest: Math.min(fence, ...logged) }];
}

/** It held no host before it was created, and took one before that operation had ended. */
function creationSpan(
  endedAt: Instant,
  moves: readonly GateMove[],
  { clockMarginMs, createdAt = null }: FoldRules,
): FenceSpan {
  const { lowest } = fenceSpan(createdAt ?? endedAt, moves, clockMarginMs);
  return { lowest, highest: fenceSpan(endedAt, moves, clockMarginMs).highest };
}

/** The span of fences in which a host was taken after a release; of all later holdings the earliest bounds it best. */
function spanAfter(
  release: Moment,
  { holding, heldUnder }: Holding,
  moves: readonly GateMove[],
  { clockMarginMs }: FoldRules,
): readonly FenceSpan[] {
  const later = holding
    .filter((one) => isSurelyBefore(release, one))
    .map((one) => one.fence ?? fenceSpan(one.to, moves, clockMarginMs).highest);
  // What only looks of ours showed was compared as they were taken (`observe`); the log's word is new.
  if (later.length === 0 && !release.isLogged) return [];
  const lowest = release.fence ?? fenceSpan(release.from, moves, clockMarginMs).lowest;
  // A stop that the log tells of, and no host seen since: when it took the one that it has, nobody knows.
  const highest = Math.min(heldUnder ?? Infinity, ...later);
  // Clocks further apart than the margin contradict each other: then the span proves nothing.
  return [highest < lowest ? { lowest: 0, highest: lowest } : { lowest, highest }];
}

function isSurelyBefore(release: Moment, held: Moment): boolean {
  return release.isOurs && held.isOurs
    ? compareInstants(release.from, held.from) < 0
    : compareInstants(release.to, held.from) < 0;
}

/** The end of an operation stands on the cloud's clock; ours may stand apart from it by the margin. */
function momentOf({ kind, at, fence }: Evidence, rules: FoldRules): Moment {
  if (kind === 'sampled') return sampled(at, fence, rules);
  return {
    from: at,
    to: at,
    fence: kind === 'activity-log' ? null : fence,
    isLogged: kind === 'activity-log',
    isOurs: false,
  };
}

function sampled(at: Instant, fence: number | null, { clockMarginMs }: FoldRules): Moment {
  return {
    from: addMilliseconds(at, -clockMarginMs),
    to: addMilliseconds(at, clockMarginMs),
    fence,
    isLogged: false,
    isOurs: true,
  };
}
