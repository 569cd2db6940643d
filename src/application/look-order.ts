import type { Machine } from '../domain/enforcement/machine.js';
import type { Sighting } from '../domain/enforcement/physics.js';
import type { Instant } from '../domain/instants.js';
import type { MachineDescription } from '../domain/ports/compute-control-plane.js';

/** What is asked: whose machines, which of them are known, and whether all have to be listed with their ids. */
export interface LookOrder {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly known: readonly Machine[];
  readonly inFull: boolean;
  /** The right is being ended: such a look goes before others. */
  readonly isUrgent: boolean;
  /** True where the subscription's own state matters, e.g. because a machine waits for it to be enabled. */
  readonly readsSubscription: boolean;
  /** Since when the activity log is read as well; null where nothing would be learnt from it now. */
  readonly logSince: Instant | null;
}

/** A machine as it was seen, for the subscription that it is known from, wherever it lies. */
export function sightingOf(
  order: LookOrder,
  description: MachineDescription,
  powerState: Sighting['powerState'],
  seenAt: Instant,
  source: string,
): Sighting {
  const { vmId, name, resourceId, location, timeCreated, ephemeralSystemDisk } = description;
  const { zone, availabilitySet, scaleSet } = description;
  return {
    vmId,
    name,
    resourceId,
    location,
    timeCreated,
    ephemeralSystemDisk,
    zone,
    availabilitySet,
    scaleSet,
    subscriptionId: order.subscriptionId,
    tenantId: order.tenantId,
    powerState,
    seenAt,
    kind: 'sampled',
    at: seenAt,
    source,
  };
}
