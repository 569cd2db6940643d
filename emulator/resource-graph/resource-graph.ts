import type { Cloud } from '../cloud.js';
import { type EmulatedMachine, presentMachine } from '../machine.js';
import { isDenied } from '../rights.js';
import type { EmulatedSubscription } from '../subscription.js';
import type { Placement } from './placements.js';
import type { Row, Tables } from './query.js';

/** How the index and its quota behave. */
export interface GraphManners {
  /** How far the index lags behind what is there; in the real cloud seconds to minutes. */
  readonly lagMs: number;
  /** How many queries a caller has in each window. */
  readonly queries: number;
  readonly windowMs: number;
}

/**
 * No lag, so that a clock that stands still hides nothing. 15 queries in 5 seconds are what is published
 * (https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests).
 */
export const ordinaryGraph: GraphManners = { lagMs: 0, queries: 15, windowMs: 5_000 };

/** What is left of a caller's quota, and when it begins anew. */
export interface Quota {
  readonly left: number;
  readonly resetsInMs: number;
  readonly isExceeded: boolean;
}

/** The index over all subscriptions: it lags, and shows a caller what they may read. */
export class ResourceGraph {
  manners: GraphManners = ordinaryGraph;
  private readonly windows = new Map<string, { readonly sinceMs: number; used: number }>();

  constructor(private readonly cloud: Cloud) {}

  reset(): void {
    this.windows.clear();
  }

  nowMs(): number {
    return this.cloud.clock.nowMs();
  }

  /** Takes one query of a caller's quota. */
  take(caller: string): Quota {
    const { queries, windowMs } = this.manners;
    const now = this.nowMs();
    const known = this.windows.get(caller);
    const isOver = known === undefined || now < known.sinceMs || now >= known.sinceMs + windowMs;
    const window = isOver ? { sinceMs: now, used: 0 } : known;
    this.windows.set(caller, window);
    const isExceeded = window.used >= queries;
    if (!isExceeded) window.used += 1;
    return { left: queries - window.used, resetsInMs: window.sinceMs + windowMs - now, isExceeded };
  }

  /** What the index shows at an instant; of the subscriptions that are named, or of all. */
  tablesAt(instantMs: number, subscriptions: readonly string[] | null): Tables {
    const byId = new Map(this.cloud.everySubscription().map((one) => [one.id, one]));
    const wanted = subscriptions?.map((id) => id.toLowerCase()) ?? null;
    const rows = this.cloud.placements.at(instantMs - this.manners.lagMs).flatMap((placement) => {
      const subscription = byId.get(placement.subscriptionId);
      if (subscription === undefined || wanted?.includes(subscription.id) === false) return [];
      return isReadable(subscription, placement) ? [{ placement, row: rowOf(subscription, placement) }] : [];
    });
    const of = (isInstance: boolean) =>
      rows.filter(({ placement }) => isInstance === isAnInstance(placement.machine)).map(({ row }) => row);
    return { resources: of(false), computeresources: of(true) };
  }
}

/** Instances of uniform scale sets have a table of their own. */
const isAnInstance = ({ instanceId }: EmulatedMachine) => instanceId !== null;

function isReadable({ denials }: EmulatedSubscription, { machine }: Placement): boolean {
  return !isDenied(denials, `${machine.type}/read`, machine.id);
}

function rowOf({ id, tenantId }: EmulatedSubscription, { machine }: Placement): Row {
  return {
    ...presentMachine(machine, null),
    type: machine.type.toLowerCase(),
    resourceGroup: machine.resourceGroup.toLowerCase(),
    subscriptionId: id,
    tenantId,
  };
}
