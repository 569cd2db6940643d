import { ActivityLog } from './activity-log/activity-log.js';
import { CallLog } from './call-log.js';
import { EmulatorClock } from './clock.js';
import { Cloud } from './cloud.js';
import { DnsZone } from './dns-zone.js';
import { EntraIssuer } from './event-grid/entra-issuer.js';
import { EventGrid } from './event-grid/event-grid.js';
import { Faults } from './faults.js';
import { Journal } from './journal.js';
import { Operations } from './operations.js';
import { ResourceGraph } from './resource-graph/resource-graph.js';
import { Throttle } from './throttle.js';

/** Everything that one emulator holds. A restart is an empty one. */
export interface World {
  readonly clock: EmulatorClock;
  readonly cloud: Cloud;
  readonly operations: Operations;
  readonly journal: Journal;
  readonly activityLog: ActivityLog;
  readonly eventGrid: EventGrid;
  readonly entra: EntraIssuer;
  readonly throttle: Throttle;
  readonly resourceGraph: ResourceGraph;
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly dns: DnsZone;
  /** Machines a page of a listing. */
  pageSize: number;
}

export function emptyWorld(): World {
  const clock = new EmulatorClock();
  const cloud = new Cloud(clock);
  const journal = new Journal();
  const entra = new EntraIssuer();
  return {
    clock,
    cloud,
    operations: new Operations(cloud, journal),
    journal,
    activityLog: new ActivityLog(journal, clock),
    eventGrid: new EventGrid(clock, entra, journal),
    entra,
    throttle: new Throttle(clock),
    resourceGraph: new ResourceGraph(cloud),
    faults: new Faults(),
    calls: new CallLog(),
    dns: new DnsZone(),
    pageSize: 50,
  };
}

/**
 * Empties it as a restart would. The clock, the durations, the manners of the activity log and the page size stay: they
 * are settings, not contents.
 */
export function resetWorld(world: World): void {
  for (const part of [
    world.cloud,
    world.operations,
    world.journal,
    world.eventGrid,
    world.throttle,
    world.resourceGraph,
  ])
    part.reset();
  world.clock.forget();
  for (const part of [world.faults, world.calls, world.dns]) part.clear();
}
