import { addMilliseconds, compareInstants, type Instant, millisecondsBetween } from '../instants.js';
import type { LoggedOperation } from '../ports/activity-log.js';
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
 * Whether the log says that this machine was deleted, or the set in which it lies; one that is still listed is not gone,
 * whatever the log says.
 */
export function isDeleteLogged(machine: Machine, operations: readonly LoggedOperation[]): boolean {
  const place = machine.resourceId.toLowerCase();
  const set = isInstance(machine) ? machine.scaleSet : null;
  return operations.some(
    ({ about, what, at, resourceId }) =>
      what === 'deleted' && resourceId === (about === 'machine' ? place : set) && isOf(machine, at),
  );
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
