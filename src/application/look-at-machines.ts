import { Injectable } from '@nestjs/common';
import type { Absence } from '../domain/enforcement/absence.js';
import { mayHoldHost } from '../domain/enforcement/after-release.js';
import type { Machine } from '../domain/enforcement/machine.js';
import type { Sighting } from '../domain/enforcement/physics.js';
import type { Blocker } from '../domain/enforcement/restart.js';
import { addMilliseconds, compareInstants, type Instant } from '../domain/instants.js';
import { isDeleteLogged } from '../domain/enforcement/logged.js';
import { uniformSetsOf } from '../domain/enforcement/scale-sets.js';
import { ActivityLog, type LoggedMove, type LogReading } from '../domain/ports/activity-log.js';
import { Clock } from '../domain/ports/clock.js';
import {
  type CallPurpose,
  ComputeControlPlane,
  type Listing,
  type MachineDescription,
  type PowerSighting,
  type SubscriptionAnswer,
} from '../domain/ports/compute-control-plane.js';

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

/** One complete look at a subscription's machines. */
export interface MachineLook {
  readonly kind: 'complete';
  /** When the first call was sent, on our clock. */
  readonly sentAt: Instant;
  readonly inFull: boolean;
  readonly sightings: readonly Sighting[];
  readonly absences: readonly Absence[];
  /** The subscription's own answer; null where this look did not ask. */
  readonly subscription: SubscriptionAnswer | null;
  /** The activity log's answer; null where this look did not ask. */
  readonly log: LogReading | null;
  /** What the log tells of moves out of the subscription; null where this look did not ask, or got no answer. */
  readonly moves: readonly LoggedMove[] | null;
}

export type LookAnswer =
  | MachineLook
  | { readonly kind: 'failed'; readonly problem: Blocker; readonly retryAfterSeconds: number | null };

/** Direct reads a look: missing machines beyond it are read in later ones. */
const mostDirectReads = 20;

/** The log is asked from so long before a machine was seen last: the clocks stand apart. */
const beforeSeenMs = 3_600_000;

/**
 * Looks at all machines of a subscription: one listing of power states, with a full listing where new machines
 * matter, and a direct read only for machines that are missing or whose power state the sample lacks. A listing that
 * is not complete is no look at all (fault F24).
 */
@Injectable()
export class LookAtMachines {
  constructor(
    private readonly cloud: ComputeControlPlane,
    private readonly log: ActivityLog,
    private readonly clock: Clock,
  ) {}

  async run(order: LookOrder): Promise<LookAnswer> {
    const purpose = { region: null, isUrgent: order.isUrgent };
    const { subscriptionId, logSince } = order;
    // The log first: what it tells of was over before the machines are looked at, whatever the clocks say.
    const log = logSince === null ? null : await this.log.read(subscriptionId, logSince, purpose);
    const sentAt = this.clock.now();
    const early = order.inFull ? await this.cloud.listMachines(order.subscriptionId, purpose) : null;
    if (early?.kind === 'incomplete') return listingFailed(early);
    const sets = uniformSetsOf([...order.known, ...(early?.items ?? [])]);
    const powers = await this.cloud.listPowerStates(order.subscriptionId, purpose, sets);
    if (powers.kind === 'incomplete') return listingFailed(powers);
    // A machine that nobody knows yet: only a full listing describes it.
    const isNews = early === null && showsUnknown(order, powers.items);
    const described = isNews ? await this.cloud.listMachines(order.subscriptionId, purpose) : early;
    if (described?.kind === 'incomplete') return listingFailed(described);
    const listed = join(order, described?.items ?? null, powers.items, sentAt);
    const missing = someOf(
      order.known.filter((machine) => !listed.seen.has(machine.vmId)),
      sentAt,
    );
    const direct = await this.readMissing(order, missing, log, sentAt);
    const inFull = described !== null;
    const asksSubscription = inFull || order.readsSubscription || direct.absences.length > 0;
    return {
      kind: 'complete',
      sentAt,
      inFull,
      sightings: [...listed.sightings, ...direct.sightings],
      absences: direct.absences,
      subscription: asksSubscription ? await this.cloud.readSubscription(subscriptionId, purpose) : null,
      log,
      moves: order.isUrgent ? await this.movesSince(subscriptionId, direct.absent, purpose) : null,
    };
  }

  /**
   * While a right is ended: a machine that is not where it was may have been moved, and hold its open host in another
   * subscription, whatever stands in its place.
   */
  private async movesSince(
    subscriptionId: string,
    absent: readonly Machine[],
    purpose: CallPurpose,
  ): Promise<readonly LoggedMove[] | null> {
    const [earliest] = absent
      .filter(mayHoldHost)
      .map(({ seenAt }) => seenAt)
      .toSorted(compareInstants);
    if (earliest === undefined) return null;
    const reading = await this.log.readMoves(
      subscriptionId,
      addMilliseconds(earliest, -beforeSeenMs),
      purpose,
    );
    return reading.kind === 'read' ? reading.operations : null;
  }

  private async readMissing(
    order: LookOrder,
    missing: readonly Machine[],
    log: LogReading | null,
    seenAt: Instant,
  ) {
    const logged = log?.kind === 'read' ? log.operations : [];
    const sightings: Sighting[] = [];
    const absences: Absence[] = [];
    for (const machine of missing) {
      const purpose = { region: machine.location, isUrgent: order.isUrgent };
      const answer = await this.cloud.readMachine(machine.resourceId, purpose);
      const isHere = answer.kind === 'found' && answer.machine.vmId === machine.vmId;
      if (!isHere && isDeleteLogged(machine, logged))
        absences.push({ vmId: machine.vmId, how: 'delete-logged' });
      else if (answer.kind === 'unknown') continue;
      else if (answer.kind === 'not-found') absences.push({ vmId: machine.vmId, how: 'not-found' });
      else if (answer.machine.vmId !== machine.vmId) {
        absences.push({ vmId: machine.vmId, how: 'other-machine-under-its-name' });
      } else sightings.push(sightingOf(order, answer.machine, answer.powerState, seenAt, 'direct read'));
    }
    const isAbsent = new Set(absences.map(({ vmId }) => vmId));
    return { sightings, absences, absent: missing.filter(({ vmId }) => isAbsent.has(vmId)) };
  }
}

/** Each look begins elsewhere: machines that give no answer for days must not keep the others from being read. */
function someOf(missing: readonly Machine[], sentAt: Instant): readonly Machine[] {
  if (missing.length <= mostDirectReads) return missing;
  const from = Math.floor(Date.parse(sentAt) / 1_000) % missing.length;
  return [...missing.slice(from), ...missing.slice(0, from)].slice(0, mostDirectReads);
}

function listingFailed(listing: Extract<Listing<unknown>, { readonly kind: 'incomplete' }>): LookAnswer {
  const { code, message, retryAfterSeconds } = listing;
  const isRefused = /^(linked)?authorizationfailed$/i.test(code);
  const grant = isRefused ? ` ${message} Grant it the right to read machines and scale sets.` : '';
  return {
    kind: 'failed',
    retryAfterSeconds,
    problem: {
      code: 'listing-failed',
      message: `The cloud did not list the subscription's machines completely (${code}).${grant} Nothing is concluded from that; it is asked again.`,
    },
  };
}

/** Puts descriptions and power states together, by `vmId` where the cloud gives it, else by resource id. */
function join(
  order: LookOrder,
  described: readonly MachineDescription[] | null,
  powers: readonly PowerSighting[],
  seenAt: Instant,
) {
  const source = described === null ? 'power states of the subscription' : 'listing of the subscription';
  const byResource = new Map(powers.map((power) => [power.resourceId.toLowerCase(), power]));
  const descriptions = described ?? order.known;
  const sightings: Sighting[] = [];
  for (const description of descriptions) {
    const power = byResource.get(description.resourceId.toLowerCase());
    const isSame = power !== undefined && (power.vmId === null || power.vmId === description.vmId);
    if (!isSame && described === null) continue;
    sightings.push(sightingOf(order, description, isSame ? power.powerState : 'unknown', seenAt, source));
  }
  return { sightings, seen: new Set(sightings.map((sighting) => sighting.vmId)) };
}

/** Whether a sample shows a machine that is not known: another name, or another machine under a known one. */
function showsUnknown({ known }: LookOrder, powers: readonly PowerSighting[]): boolean {
  const byPlace = new Map(known.map((machine) => [machine.resourceId.toLowerCase(), machine.vmId]));
  return powers.some(({ resourceId, vmId }) => {
    const knownVmId = byPlace.get(resourceId.toLowerCase());
    return knownVmId === undefined || (vmId !== null && vmId !== knownVmId);
  });
}

function sightingOf(
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
