import { type Gate, isSettled } from '../gate/gate.js';
import { addMilliseconds, type Instant, millisecondsBetween } from '../instants.js';
import type { LoggedOperation } from '../ports/activity-log.js';
import { creationOf } from './logged.js';
import type { Machine } from './machine.js';

/** For whom machines are kept, and what names one whose id the log does not tell. */
export interface NeverSeenRules {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly now: Instant;
  readonly nextId: () => string;
  readonly gate: Gate;
  readonly clockMarginMs: number;
}

/**
 * Machines of whose creation the log tells, and that no look ever saw: created, and moved away or deleted, between two of
 * them. They may hold a host of the position that the gate had then, and are missed like any other: without a record of
 * them nobody would look for them (I19). Where the log does not tell a machine's id, nobody can search for it, and a human is
 * needed unless its delete is shown.
 */
export function neverSeen(
  operations: readonly LoggedOperation[],
  known: readonly Machine[],
  rules: NeverSeenRules,
): readonly Machine[] {
  const vmIds = new Set(known.map(({ vmId }) => vmId.toLowerCase()));
  const found = new Map<string, Machine>();
  for (const one of operations) {
    const { about, what, at, resourceId, vmId = null } = one;
    if (about !== 'machine' || what !== 'created' || wasSurelyClosed(at, rules)) continue;
    if (vmId === null ? known.some((each) => creationOf(each, [one]) !== null) : vmIds.has(vmId)) continue;
    const key = vmId ?? `${resourceId} ${at}`;
    if (!found.has(key)) found.set(key, asMachine(one, rules));
  }
  return [...found.values()];
}

/** Before the first opening, and after the last closing, no machine took an open host here. */
function wasSurelyClosed(at: Instant, { gate, clockMarginMs }: NeverSeenRules): boolean {
  if (!isSettled(gate) || gate.movedAt === null) return false;
  const afterMs = millisecondsBetween(gate.movedAt, at);
  return gate.position === 'closed'
    ? afterMs > clockMarginMs
    : gate.firstOpenedFence === gate.fence && afterMs < -clockMarginMs;
}

function asMachine(
  { resourceId, at, vmId = null }: LoggedOperation,
  { subscriptionId, tenantId, now, nextId, clockMarginMs }: NeverSeenRules,
): Machine {
  const [name = ''] = resourceId.split('/').slice(-1);
  return {
    ...{ subscriptionId, tenantId, resourceId, name },
    vmId: vmId ?? `unseen-${nextId()}`,
    location: '',
    timeCreated: at,
    ephemeralSystemDisk: false,
    zone: null,
    availabilitySet: null,
    scaleSet: null,
    powerState: 'unknown',
    host: 'unknown',
    carries: 'unknown',
    carriesFence: null,
    releasedUnderFence: null,
    releasedSeenAt: null,
    stoppedSince: null,
    // A move of it can be told from then on, by the same clock: the margin is taken off again where it is compared.
    seenAt: addMilliseconds(at, clockMarginMs),
    notFoundSince: now,
    absentSince: null,
    nowhereSince: null,
    backSince: null,
    createdHere: true,
    gone: false,
    goneBy: null,
  };
}
