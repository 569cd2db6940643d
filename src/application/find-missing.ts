import { Injectable } from '@nestjs/common';
import type { Absence } from '../domain/enforcement/absence.js';
import { deleteLoggedAt } from '../domain/enforcement/logged.js';
import type { Machine } from '../domain/enforcement/machine.js';
import { isInstance, uniformSetsOf } from '../domain/enforcement/scale-sets.js';
import { subscriptionOf } from '../domain/enforcement/place.js';
import type { Sighting } from '../domain/enforcement/physics.js';
import { addMilliseconds, compareInstants, type Instant } from '../domain/instants.js';
import { ActivityLog, type LoggedMove, type LogReading } from '../domain/ports/activity-log.js';
import { ComputeControlPlane } from '../domain/ports/compute-control-plane.js';
import { type FoundMachine, MachineSearch } from '../domain/ports/machine-search.js';
import { type LookOrder, sightingOf } from './look-order.js';

/** What became of machines that a listing does not show. */
export interface Missing {
  readonly sightings: readonly Sighting[];
  readonly absences: readonly Absence[];
}

/** What was asked before: the log of the subscription, and moves out of its groups where it was asked for them. */
export interface Told {
  readonly log: LogReading | null;
  readonly moves: LogReading<LoggedMove> | null;
  /** What the listing showed. */
  readonly listed: readonly Sighting[];
}

type Lost = Omit<Absence, 'moves' | 'search'> & { readonly machine: Machine };
type Searched = { readonly where: ReadonlyMap<string, Sighting> } & Pick<Absence, 'search'>;

/** Direct reads a look: missing machines beyond it are read in later ones. */
const mostDirectReads = 20;
/** The log is asked from so long before a machine was seen last: the clocks stand apart. */
const beforeSeenMs = 3_600_000;
/** The log keeps 90 days, and refuses a question that goes further back. */
const keptForMs = 89 * 86_400_000;

/**
 * Looks for machines that a listing does not show: where each was seen last, and whoever is not there in every subscription
 * that may be seen. A machine that moves to another one keeps its host, and with it the position that it carries.
 */
@Injectable()
export class FindMissing {
  constructor(
    private readonly cloud: ComputeControlPlane,
    private readonly log: ActivityLog,
    private readonly search: MachineSearch,
  ) {}

  async run(order: LookOrder, missing: readonly Machine[], told: Told, seenAt: Instant): Promise<Missing> {
    const { sightings, lost } = await this.readWhereTheyWere(order, missing, told.log, seenAt);
    if (lost.length === 0) return { sightings, absences: [] };
    const { where, search } = await this.searchFor(order, lost, seenAt);
    const stillLost = lost.filter(({ vmId }) => !where.has(vmId));
    const absences = await this.withMoves(order, stillLost, told, seenAt);
    return {
      sightings: [...sightings, ...where.values()],
      absences: absences.map((absence) =>
        absence.vmId.startsWith('unseen-') ? { ...absence, search: 'unavailable' } : { ...absence, search },
      ),
    };
  }

  private async readWhereTheyWere(
    order: LookOrder,
    missing: readonly Machine[],
    log: LogReading | null,
    seenAt: Instant,
  ) {
    const logged = log?.kind === 'read' ? log.operations : [];
    const lost: Lost[] = missing.flatMap((machine) => {
      const deletedAt = deleteLoggedAt(machine, logged);
      return deletedAt === null
        ? []
        : [{ machine, vmId: machine.vmId, how: 'delete-logged' as const, deletedAt }];
    });
    const isDeleted = new Set(lost.map(({ vmId }) => vmId));
    const toRead = missing.filter(({ vmId }) => !isDeleted.has(vmId));
    const sightings: Sighting[] = [];
    for (const machine of someOf(toRead, seenAt)) {
      const purpose = { region: machine.location, isUrgent: order.isUrgent };
      const answer = await this.cloud.readMachine(machine.resourceId, purpose);
      if (answer.kind === 'unknown') continue;
      const { vmId } = machine;
      if (answer.kind === 'not-found') lost.push({ machine, vmId, how: 'not-found', deletedAt: null });
      else if (answer.machine.vmId !== vmId)
        lost.push({ machine, vmId, how: 'other-machine-under-its-name', deletedAt: null });
      else sightings.push(sightingOf(order, answer.machine, answer.powerState, seenAt, 'direct read'));
    }
    return { sightings, lost };
  }

  /** The index lags: what it shows counts only where a direct read shows the machine, too. */
  private async searchFor(order: LookOrder, lost: readonly Lost[], seenAt: Instant): Promise<Searched> {
    // One that no look ever saw, and whose id the log did not tell, has none to be searched for.
    const vmIds = lost.map(({ vmId }) => vmId).filter((vmId) => !vmId.startsWith('unseen-'));
    if (vmIds.length === 0) return { where: new Map(), search: 'unavailable' };
    const purpose = { region: null, isUrgent: order.isUrgent };
    const answer = await this.search.findByVmId(vmIds, purpose);
    if (answer.kind === 'unavailable') return { where: new Map(), search: 'unavailable' };
    const where = new Map<string, Sighting>();
    for (const one of answer.machines) {
      const seen = await this.seeFound(order, one, seenAt);
      if (seen !== null && vmIds.includes(seen.vmId)) where.set(seen.vmId, seen);
    }
    return { where, search: 'nowhere' };
  }

  private async seeFound(order: LookOrder, one: FoundMachine, seenAt: Instant): Promise<Sighting | null> {
    const purpose = { region: one.location, isUrgent: order.isUrgent };
    const answer = await this.cloud.readMachine(one.resourceId, purpose);
    if (answer.kind !== 'found' || answer.machine.vmId.toLowerCase() !== one.vmId.toLowerCase()) return null;
    return sightingOf(order, answer.machine, answer.powerState, seenAt, 'direct read where it was found');
  }

  /** A delete, and the end of a right, need to know of moves: of the subscription in which each was seen last. */
  private async withMoves(
    order: LookOrder,
    lost: readonly Lost[],
    told: Told,
    now: Instant,
  ): Promise<readonly Omit<Absence, 'search'>[]> {
    const home = order.subscriptionId.toLowerCase();
    const setsHere = new Set(uniformSetsOf(told.listed));
    const placeOf = ({ machine }: Lost) => subscriptionOf(machine.resourceId) || home;
    const all: Omit<Absence, 'search'>[] = [];
    for (const subscriptionId of new Set(lost.map(placeOf))) {
      const ofIt = lost.filter((one) => placeOf(one) === subscriptionId);
      const isWanted =
        order.isUrgent || ofIt.some(({ deletedAt, machine }) => deletedAt !== null || isInstance(machine));
      const since = sinceFor(ofIt, now);
      const moves =
        subscriptionId === home && told.moves !== null
          ? told.moves
          : isWanted
            ? await this.movesOf(subscriptionId, since, now)
            : null;
      const there =
        subscriptionId === home || !order.isUrgent ? null : await this.deletesOf(subscriptionId, since, now);
      all.push(...ofIt.map((one) => absenceOf(one, moves, there, setsHere)));
    }
    return all;
  }

  private async movesOf(
    subscriptionId: string,
    since: Instant,
    now: Instant,
  ): Promise<LogReading<LoggedMove>> {
    const purpose = { region: null, isUrgent: true };
    const reading = await this.log.readMoves(subscriptionId, kept(since, now), purpose);
    // What is older than the log tells nobody.
    return reading.kind === 'read' && since !== kept(since, now) ? { ...reading, isWhole: false } : reading;
  }

  private deletesOf(subscriptionId: string, since: Instant, now: Instant): Promise<LogReading> {
    return this.log.read(subscriptionId, kept(since, now), { region: null, isUrgent: true });
  }
}

function absenceOf(
  { machine, vmId, how, deletedAt }: Lost,
  moves: LogReading<LoggedMove> | null,
  there: LogReading | null,
  setsHere: ReadonlySet<string>,
): Omit<Absence, 'search'> {
  const deletedThere = there?.kind === 'read' ? deleteLoggedAt(machine, there.operations) : null;
  const isDeleted = deletedThere !== null;
  const isSetHere = isInstance(machine) && machine.scaleSet !== null && setsHere.has(machine.scaleSet);
  return {
    vmId,
    how: isDeleted ? 'delete-logged' : how,
    deletedAt: deletedThere ?? deletedAt,
    moves,
    isSetHere,
  };
}

function sinceFor(lost: readonly Lost[], now: Instant): Instant {
  const [earliest = now] = lost.map(({ machine }) => machine.seenAt).toSorted(compareInstants);
  return addMilliseconds(earliest, -beforeSeenMs);
}

function kept(since: Instant, now: Instant): Instant {
  const earliest = addMilliseconds(now, -keptForMs);
  return compareInstants(since, earliest) < 0 ? earliest : since;
}

/** Each look begins elsewhere: machines that give no answer for days must not keep the others from being read. */
function someOf(missing: readonly Machine[], sentAt: Instant): readonly Machine[] {
  if (missing.length <= mostDirectReads) return missing;
  const from = Math.floor(Date.parse(sentAt) / 1_000) % missing.length;
  return [...missing.slice(from), ...missing.slice(0, from)].slice(0, mostDirectReads);
}
