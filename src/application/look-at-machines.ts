import { Injectable } from '@nestjs/common';
import type { Absence } from '../domain/enforcement/absence.js';
import type { Sighting } from '../domain/enforcement/physics.js';
import type { Blocker } from '../domain/enforcement/restart.js';
import { addMilliseconds, type Instant } from '../domain/instants.js';
import { newbornSince } from '../domain/enforcement/logged.js';
import { uniformSetsOf } from '../domain/enforcement/scale-sets.js';
import { ActivityLog, type LoggedMove, type LogReading } from '../domain/ports/activity-log.js';
import { Clock } from '../domain/ports/clock.js';
import {
  ComputeControlPlane,
  type Listing,
  type MachineDescription,
  type PowerSighting,
  type SubscriptionAnswer,
} from '../domain/ports/compute-control-plane.js';
import { FindMissing } from './find-missing.js';
import { type LookOrder, sightingOf } from './look-order.js';

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
  /** What the log tells of moves out of the subscription's groups; null where this look did not ask. */
  readonly moves: LogReading<LoggedMove> | null;
}

export type LookAnswer =
  | MachineLook
  | { readonly kind: 'failed'; readonly problem: Blocker; readonly retryAfterSeconds: number | null };

/** Moves are asked for from so long before a machine was created: they are told by the same clock. */
const beforeCreatedMs = 60_000;

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
    private readonly missing: FindMissing,
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
    const missing = order.known.filter((machine) => !listed.seen.has(machine.vmId));
    const moves = await this.movesAround(order, listed.sightings, log);
    const direct = await this.missing.run(order, missing, { log, moves, listed: listed.sightings }, sentAt);
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
      moves,
    };
  }

  /** Moves out of the subscription's groups, where the log tells of the creation of a machine that nobody knows yet. */
  private async movesAround(
    { subscriptionId, known, isUrgent }: LookOrder,
    sightings: readonly Sighting[],
    log: LogReading | null,
  ): Promise<LogReading<LoggedMove> | null> {
    const since = newbornSince(known, sightings, log);
    if (since === null) return null;
    const purpose = { region: null, isUrgent };
    return this.log.readMoves(subscriptionId, addMilliseconds(since, -beforeCreatedMs), purpose);
  }
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
