import { addMilliseconds, compareInstants, type Instant, millisecondsBetween } from '../instants.js';
import type { LoggedMove, LoggedOperation, LogReading } from '../ports/activity-log.js';
import { fenceSpan, type GateMove } from './gate-moves.js';
import { evidenceRank, type Evidence, type Machine } from './machine.js';
import type { PowerOperation } from './power-operation.js';
import type { Restart } from './restart.js';
import { isInstance } from './scale-sets.js';

const facts = { deallocated: 'host-released', started: 'host-taken' } as const;

/** What an operation shows of a machine; null where nothing. Of a whole set it may have been about other machines. */
function factOf({ about, what }: LoggedOperation): Evidence['fact'] | null {
  if (what === 'deleted' || what === 'created') return null;
  if (about === 'machine') return facts[what];
  return what === 'deallocated' ? 'host-perhaps-released' : null;
}

/**
 * What the log's operations show of machines, as evidence. An operation names a place: it is a machine's only where
 * that machine stands there now and was created before (a name may be used again, `vmId` decides, fault F11).
 */
export function evidenceOfLog(
  operations: readonly LoggedOperation[],
  machines: readonly Machine[],
  moves: readonly GateMove[],
  { ours, clockMarginMs }: { readonly ours: ReadonlySet<string>; readonly clockMarginMs: number },
): readonly Evidence[] {
  const byPlace = new Map(machines.map((machine) => [machine.resourceId.toLowerCase(), [machine]]));
  return operations.flatMap((told) => {
    const { about, what, at, resourceId, correlationId, callerId } = told;
    const fact = factOf(told);
    if (fact === null) return [];
    const members = () => machines.filter(({ scaleSet }) => scaleSet === resourceId);
    const meant = about === 'machine' ? (byPlace.get(resourceId) ?? []) : members();
    const kept = {
      kind: 'activity-log',
      fact,
      at,
      source: `${evidenceRank['activity-log']}: activity log, ${about === 'machine' ? '' : 'its scale set '}${what}`,
      operation: callerId !== null && ours.has(callerId) ? callerId : correlationId,
      fence: fenceSpan(at, moves, clockMarginMs).lowest,
    } as const;
    return meant
      .filter((machine) => isOf(machine, at))
      .map(({ subscriptionId, tenantId, vmId }) => ({ subscriptionId, tenantId, vmId, ...kept }));
  });
}

/**
 * When the log says that this machine was deleted, or the set in which it lies; null where it does not. One that is still
 * listed is not gone, whatever the log says.
 */
export function deleteLoggedAt(machine: Machine, operations: readonly LoggedOperation[]): Instant | null {
  const place = machine.resourceId.toLowerCase();
  const set = isInstance(machine) ? machine.scaleSet : null;
  const [first = null] = operations
    .filter(
      ({ about, what, at, resourceId }) =>
        what === 'deleted' && resourceId === (about === 'machine' ? place : set) && isOf(machine, at),
    )
    .map(({ at }) => at)
    .toSorted(compareInstants);
  return first;
}

function isOf(machine: Machine, at: Instant): boolean {
  return machine.timeCreated !== null && compareInstants(at, machine.timeCreated) > 0;
}

/** The last operation of others that the log tells of a machine; null where it tells of none. */
export function lastOfOthers(evidence: readonly Evidence[], ours: ReadonlySet<string>): Evidence | null {
  const others = evidence.filter(
    ({ kind, fact, operation }) =>
      kind === 'activity-log' &&
      fact !== 'host-perhaps-released' &&
      operation !== null &&
      !ours.has(operation),
  );
  return others.toSorted((a, b) => compareInstants(a.at, b.at)).at(-1) ?? null;
}

/**
 * Whether its owner stopped a machine while we were cycling it: the last thing that anybody else did to it is a stop,
 * after ours. Then it rests, and is not started by us (invariant I18).
 */
export function isStoppedByOwner(
  restart: Restart,
  machine: Machine,
  last: Evidence | null,
  ourStop: PowerOperation | null,
  clockMarginMs: number,
): boolean {
  if (last?.fact !== 'host-released' || machine.host !== 'none' || ourStop === null) return false;
  if (restart.state === 'starting' && ourStop.state === 'succeeded' && ourStop.endedAt !== null)
    return compareInstants(last.at, ourStop.endedAt) > 0;
  // Ours has not ended: all we know of the cloud's clock is that it stands within the margin of ours.
  return millisecondsBetween(addMilliseconds(ourStop.intendedAt, clockMarginMs), last.at) > 0;
}

/**
 * How far the record of a creation may stand from the time that the machine says of itself. Where a machine is moved, the log
 * may tell as if it had been created in its new place: a move takes longer than that.
 */
const createsWithinMs = 30_000;

/** A place in which the log may tell of a creation: what a sighting and a known machine have in common. */
type Placed = Pick<Machine, 'vmId' | 'resourceId' | 'timeCreated' | 'scaleSet'>;

/**
 * The records of creation that are about a machine which stands there now. An instance of a uniform set comes with its set,
 * and is moved with it only.
 */
export function creationOf(machine: Placed, created: readonly LoggedOperation[]): LoggedOperation | null {
  const { timeCreated } = machine;
  if (timeCreated === null) return null;
  const place = machine.resourceId.toLowerCase();
  const set = isInstance(machine) ? machine.scaleSet : null;
  const isItsOwn = ({ about, at, resourceId, vmId = null }: LoggedOperation) => {
    const apartMs = Math.abs(millisecondsBetween(timeCreated, at));
    if (about === 'scale-set')
      return resourceId === set && millisecondsBetween(at, timeCreated) >= -createsWithinMs;
    const isNamed = vmId === null || vmId === machine.vmId.toLowerCase();
    return resourceId === place && isNamed && apartMs <= createsWithinMs;
  };
  return created.find(isItsOwn) ?? null;
}

/**
 * Since when moves matter for machines of whose creation the log tells, and of which that is not known yet; null where there
 * are none.
 */
export function newbornSince(
  known: readonly Pick<Machine, 'vmId' | 'createdHere' | 'carries'>[],
  sightings: readonly Placed[],
  log: LogReading | null,
): Instant | null {
  if (log?.kind !== 'read') return null;
  const created = log.operations.filter(({ what }) => what === 'created');
  if (created.length === 0) return null;
  const isSettled = new Set(
    known.filter(({ createdHere, carries }) => createdHere || carries !== 'unknown').map(({ vmId }) => vmId),
  );
  const times = sightings
    .filter((one) => !isSettled.has(one.vmId) && creationOf(one, created) !== null)
    .flatMap(({ timeCreated }) => (timeCreated === null ? [] : [timeCreated]));
  return times.toSorted(compareInstants)[0] ?? null;
}

/**
 * That machines were created in this subscription, as the log tells it. Where something was moved out of, or into, its group
 * since, or a machine of that name was deleted, the one that stands there may be another; and where the log does not answer
 * of moves, nobody can say.
 */
export function creationsInLog(
  operations: readonly LoggedOperation[],
  machines: readonly Machine[],
  moves: LogReading<LoggedMove> | null,
  gateMoves: readonly GateMove[],
  { clockMarginMs }: { readonly clockMarginMs: number },
): readonly Evidence[] {
  if (moves?.kind !== 'read' || !moves.isWhole) return [];
  const created = operations.filter(({ what }) => what === 'created');
  return machines.flatMap((machine) => {
    const told = creationOf(machine, created);
    const { timeCreated, subscriptionId, tenantId, vmId } = machine;
    if (told === null || timeCreated === null || machine.backSince !== null) return [];
    if (isPerhapsAnother(machine, timeCreated, moves.operations) || isDeletedAfter(told, operations))
      return [];
    return [
      {
        ...{ subscriptionId, tenantId, vmId },
        kind: 'activity-log',
        fact: 'created-here',
        at: told.at,
        source: `${evidenceRank['activity-log']}: activity log, created in this subscription`,
        operation: told.correlationId,
        fence: fenceSpan(timeCreated, gateMoves, clockMarginMs).lowest,
      } as const,
    ];
  });
}

function isPerhapsAnother({ resourceId }: Placed, since: Instant, moves: readonly LoggedMove[]): boolean {
  const place = resourceId.toLowerCase();
  const earliest = addMilliseconds(since, -createsWithinMs);
  return moves.some(
    ({ direction, group, at }) =>
      (direction === 'in' || place.startsWith(`${group}/`)) && compareInstants(at, earliest) > 0,
  );
}

/** A machine of that name was deleted after the one that the record is about was created. */
function isDeletedAfter(created: LoggedOperation, operations: readonly LoggedOperation[]): boolean {
  return operations.some(
    ({ what, resourceId, at }) =>
      what === 'deleted' && resourceId === created.resourceId && compareInstants(at, created.at) > 0,
  );
}
