import { isSettled, type Gate } from '../gate/gate.js';
import { compareInstants, millisecondsBetween, type Instant } from '../instants.js';
import type { MachineDescription, PowerState } from '../ports/compute-control-plane.js';
import { afterRelease, mayHoldHost, wasWithoutHost } from './after-release.js';
import { isAway, isElsewhere } from './place.js';
import { isInstance } from './scale-sets.js';
import { evidenceRank, type Evidence, type EvidenceKind, type HostState, type Machine } from './machine.js';

/**
 * The physics of docs/enforcement.md: a machine carries the gate position of the moment at which it last took a
 * host. What is seen of a machine is folded here into what is known of it; what cannot be known stays unknown.
 */

/** One look at one machine. */
export interface Sighting extends MachineDescription {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly powerState: PowerState;
  /** When the look was sent, on our clock: what it shows was so then or later. */
  readonly seenAt: Instant;
  readonly kind: EvidenceKind;
  /** The instant that the evidence names: an operation's `endTime`, or the time of the look. */
  readonly at: Instant;
  readonly source: string;
  /** For a step of our own cycle: the fence under which it was planned. It was sent after that fence was confirmed. */
  readonly orderedUnder?: number;
}

export interface ObserveRules {
  /** Cloud times closer to the gate's move than this say nothing (5 minutes, docs/enforcement.md). */
  readonly clockMarginMs: number;
  /** When this fence's machines were first listed completely; null before. Who was not there then came later. */
  readonly firstListedAt: Instant | null;
  /** Uniform scale sets that were in this subscription before: their instances are never moved without them. */
  readonly setsHere?: ReadonlySet<string>;
}

export interface Observation {
  readonly machine: Machine;
  readonly evidence: readonly Evidence[];
}

/** Folds one look into what is known of a machine (null: never seen before). */
export function observe(
  before: Machine | null,
  sighting: Sighting,
  gate: Gate,
  rules: ObserveRules,
): Observation {
  const known = asItCame(before, sighting);
  return asSeenElsewhere(observeHere(known, sighting, gate, rules), known, gate);
}

function observeHere(
  known: Machine | null,
  sighting: Sighting,
  gate: Gate,
  rules: ObserveRules,
): Observation {
  const host = hostSeen(known, sighting.powerState);
  if (host === 'none') return withoutHost(known, sighting, gate);
  if (host === 'unknown')
    return { machine: { ...base(known, sighting), ...afterRelease(known, sighting) }, evidence: [] };
  if (known === null) return firstSeenWithHost(sighting, gate, rules);
  return wasWithoutHost(known)
    ? tookHost(known, sighting, gate)
    : { machine: { ...base(known, sighting), host: 'held' }, evidence: [] };
}

/**
 * Whether a power state shows a host (docs/enforcement.md, the table). `stopped` or `starting` after a release does
 * not undo it, nor shows that it still counts.
 */
function hostSeen(known: Machine | null, powerState: PowerState): HostState {
  switch (powerState) {
    case 'deallocated':
    case 'hibernated':
      return 'none';
    case 'unknown':
      return 'unknown';
    case 'running':
    case 'deallocating':
      return 'held';
    case 'starting':
    case 'stopped':
    case 'stopping':
      return known !== null && wasWithoutHost(known) ? 'unknown' : 'held';
  }
}

function base(known: Machine | null, sighting: Sighting): Machine {
  return {
    carries: 'unknown',
    carriesFence: null,
    releasedUnderFence: null,
    releasedSeenAt: null,
    stoppedSince: null,
    backSince: null,
    createdHere: false,
    ...known,
    subscriptionId: sighting.subscriptionId,
    vmId: sighting.vmId,
    tenantId: sighting.tenantId,
    resourceId: sighting.resourceId,
    name: sighting.name,
    location: sighting.location,
    timeCreated: sighting.timeCreated,
    ephemeralSystemDisk: sighting.ephemeralSystemDisk,
    zone: sighting.zone,
    availabilitySet: sighting.availabilitySet,
    scaleSet: sighting.scaleSet,
    powerState: sighting.powerState,
    host: known?.host ?? 'unknown',
    seenAt: sighting.seenAt,
    notFoundSince: null,
    absentSince: null,
    nowhereSince: null,
    gone: false,
    goneBy: null,
  };
}

/**
 * What is still known of a machine that was away and is here again: it may have taken another host meanwhile, under the
 * gate of another subscription, so that it is cycled like any other whose position nobody knows.
 */
function asItCame(known: Machine | null, sighting: Sighting): Machine | null {
  if (known === null || isElsewhere(sighting) || !(isAway(known) || known.gone)) return known;
  return {
    ...known,
    host: 'unknown',
    carries: 'unknown',
    carriesFence: null,
    releasedUnderFence: null,
    releasedSeenAt: null,
    stoppedSince: null,
    createdHere: false,
    backSince: sighting.seenAt,
  };
}

/**
 * In another subscription a host is taken under the gate of that one. Whoever lost a host there does not carry our open
 * position any more; what it carries instead is not for this gate to say, and is no proof of ours that it is open.
 */
function asSeenElsewhere(observation: Observation, known: Machine | null, gate: Gate): Observation {
  const { machine } = observation;
  const isNews = known === null || machine.carries !== known.carries;
  if (!isElsewhere(machine) || gate.position === 'closed' || !isNews) return observation;
  return { machine: { ...machine, carries: 'unknown', carriesFence: null }, evidence: [] };
}

/**
 * True when the look was sent while the gate stood where its last order put it: only then it proves a position. A step
 * of a cycle that was planned under this fence was, whatever our clock says by now: it may have been set back (F13).
 */
function seenUnderSettledGate({ seenAt, orderedUnder }: Sighting, gate: Gate): boolean {
  if (!isSettled(gate) || gate.confirmedAt === null) return false;
  return orderedUnder === gate.fence || compareInstants(seenAt, gate.confirmedAt) >= 0;
}

/**
 * The end of a stop of ours that was planned under another fence, read now, tells of a moment that may lie before the
 * gate's move: its owner may have started the machine in between (I6, I7).
 */
function mayBeOlderThanMove({ kind, orderedUnder }: Sighting, gate: Gate): boolean {
  return kind === 'own-operation' && orderedUnder !== gate.fence;
}

function withoutHost(known: Machine | null, sighting: Sighting, gate: Gate): Observation {
  const settled = seenUnderSettledGate(sighting, gate) && !mayBeOlderThanMove(sighting, gate);
  const releasedUnderFence = settled ? gate.fence : null;
  const isNews = releasedUnderFence !== null && known?.releasedUnderFence !== releasedUnderFence;
  const machine: Machine = {
    ...base(known, sighting),
    host: 'none',
    carries: 'unknown',
    carriesFence: null,
    releasedUnderFence,
    releasedSeenAt: sighting.seenAt,
    stoppedSince: null,
  };
  return { machine, evidence: isNews ? [evidenceOf(sighting, 'host-released', gate)] : [] };
}

/** For a machine of which nobody knows when it was without a host: it may have taken the one that it has at any time. */
const beginningOfTime = '1970-01-01T00:00:00.000Z';

/** Seen running after a release: it took a host in between, under the present gate if that did not move since. */
function tookHost(known: Machine, sighting: Sighting, gate: Gate): Observation {
  const proven = seenUnderSettledGate(sighting, gate) && known.releasedUnderFence === gate.fence;
  const machine: Machine = {
    ...base(known, sighting),
    host: 'held',
    carries: proven ? gate.position : 'unknown',
    carriesFence: proven ? gate.fence : null,
    releasedUnderFence: null,
    releasedSeenAt: null,
    stoppedSince: null,
  };
  if (proven) return { machine, evidence: [evidenceOf(sighting, 'host-taken', gate)] };
  // Its time is that of the last look which surely showed no host: the cloud's log may tell what came next. A look in the
  // middle of a start is none: the host may have been taken already.
  const at = known.releasedSeenAt ?? known.timeCreated ?? beginningOfTime;
  return { machine, evidence: [evidenceOf({ ...sighting, at }, 'host-taken-unseen', gate)] };
}

function firstSeenWithHost(sighting: Sighting, gate: Gate, rules: ObserveRules): Observation {
  const held: Machine = { ...base(null, sighting), host: 'held' };
  if (!seenUnderSettledGate(sighting, gate) || gate.movedAt === null) return { machine: held, evidence: [] };
  if (createdAfterMove(sighting, gate.movedAt, rules) && isOfSetHere(sighting, rules)) {
    const machine: Machine = {
      ...held,
      createdHere: true,
      carries: gate.position,
      carriesFence: gate.fence,
    };
    const facts = ['created-after', 'created-here'] as const;
    return { machine, evidence: facts.map((fact) => evidenceOf(sighting, fact, gate)) };
  }
  // By itself that proves nothing: it may have been created elsewhere, and moved here. The log tells (evidence-fold.ts).
  if (createdAfterMove(sighting, gate.movedAt, rules))
    return { machine: held, evidence: [evidenceOf(sighting, 'created-after', gate)] };
  if (neverSawItOpen(sighting, gate, rules)) return { machine: { ...held, carries: 'closed' }, evidence: [] };
  return { machine: held, evidence: [] };
}

function isOfSetHere(sighting: Sighting, { setsHere }: ObserveRules): boolean {
  const { scaleSet } = sighting;
  return isInstance(sighting) && scaleSet !== null && setsHere?.has(scaleSet) === true;
}

/**
 * Created after the move, outside the clock margin; or, inside it, by cause: it was not there when this fence's
 * machines were first listed completely, which was after the move.
 */
export function createdAfterMove(
  sighting: Pick<Sighting, 'timeCreated'>,
  movedAt: Instant,
  rules: ObserveRules,
): boolean {
  if (sighting.timeCreated === null) return false;
  const afterMs = millisecondsBetween(movedAt, sighting.timeCreated);
  if (afterMs > rules.clockMarginMs) return true;
  return rules.firstListedAt !== null && afterMs >= 0;
}

/** Created before the first opening ever, outside the margin: as far as anybody saw, it carries the closed position. */
function neverSawItOpen(sighting: Sighting, gate: Gate, rules: ObserveRules): boolean {
  if (gate.firstOpenedFence !== gate.fence || gate.movedAt === null || sighting.timeCreated === null)
    return false;
  if (rules.firstListedAt !== null) return false;
  return millisecondsBetween(sighting.timeCreated, gate.movedAt) > rules.clockMarginMs;
}

function evidenceOf(sighting: Sighting, fact: Evidence['fact'], gate: Gate): Evidence {
  return {
    subscriptionId: sighting.subscriptionId,
    tenantId: sighting.tenantId,
    vmId: sighting.vmId,
    kind: sighting.kind,
    fact,
    at: fact === 'created-after' && sighting.timeCreated !== null ? sighting.timeCreated : sighting.at,
    source: `${evidenceRank[sighting.kind]}: ${sighting.source}`,
    operation: null,
    // In a dispute somebody else has moved the gate since.
    fence: fact === 'host-taken-unseen' ? Math.max(gate.fence, gate.theirFence ?? 0) : gate.fence,
  };
}

/** Whether the gate's own answer is the proof for a machine: it says nothing of those in another subscription. */
function appliesAtOnce(machine: Machine, gate: Gate): boolean {
  return gate.appliesTo === 'running' && !isElsewhere(machine);
}

/** Whether a machine can use port 25 now, as far as it is proven (docs/enforcement.md, "exempt"). */
export function isExempt(machine: Machine, gate: Gate): boolean {
  if (machine.gone || machine.absentSince !== null || machine.host !== 'held') return false;
  if (appliesAtOnce(machine, gate)) return isSettled(gate) && gate.position === 'open';
  return machine.carries === 'open';
}

/**
 * Whether a machine was last seen without a host since the gate's last confirmed move: its next start takes that position,
 * or has, where it was started unseen.
 */
export function restsUnder(machine: Machine, gate: Gate): boolean {
  return wasWithoutHost(machine) && machine.releasedUnderFence === gate.fence;
}

/** Whether nothing is left to prove for a machine: it holds a host and carries the gate's present position. */
export function carriesPresentPosition(machine: Machine, gate: Gate): boolean {
  if (machine.host !== 'held') return false;
  return appliesAtOnce(machine, gate)
    ? isSettled(gate)
    : machine.carries === gate.position && machine.carriesFence !== null;
}

/** Whether a machine may still use port 25: everything that holds a host, or may, and is not proven closed. */
export function mayStillBeOpen(machine: Machine, gate: Gate): boolean {
  if (machine.gone) return false;
  if (isAway(machine)) return mayBeOpenAway(machine, gate);
  if (!mayHoldHost(machine)) return false;
  if (gate.appliesTo === 'running') return !(isSettled(gate) && gate.position === 'closed');
  if (isSettled(gate) && restsUnder(machine, gate)) return gate.position === 'open';
  return wasWithoutHost(machine) || machine.carries !== 'closed';
}

/**
 * Whether a machine that is not in its subscription may hold an open host: whatever is not proven under the closed gate.
 * What was seen before it closed says nothing, because the machine may have been cycled since, unseen.
 */
export function mayBeOpenAway(machine: Machine, gate: Gate): boolean {
  if (machine.gone) return false;
  if (!isSettled(gate) || gate.position === 'open') return true;
  if (restsUnder(machine, gate)) return false;
  return machine.carries !== 'closed' || machine.carriesFence !== gate.fence;
}
