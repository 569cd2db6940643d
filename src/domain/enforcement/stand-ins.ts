import type { Placement } from '../ports/compute-control-plane.js';
import type { Machine } from './machine.js';
import type { Restart } from './restart.js';

/** What machines share that stand in for each other: a set, a zone, or the zones of a region. */
export interface StandInGroup {
  readonly key: string;
  readonly kind: 'availability-set' | 'scale-set' | 'zone' | 'zones';
  /** As it is told: `availability set mail`. */
  readonly title: string;
}

/** The groups that a machine stands in. Without a set and a zone there are none. */
export function groupsOf({
  location,
  zone,
  availabilitySet,
  scaleSet,
}: Placement & { readonly location: string }): readonly StandInGroup[] {
  const region = location.toLowerCase();
  const named = (kind: 'availability-set' | 'scale-set', id: string | null): readonly StandInGroup[] =>
    id === null
      ? []
      : [{ kind, key: `${kind} ${id}`, title: `${kind.replace('-', ' ')} ${id.split('/').at(-1) ?? id}` }];
  const inZone: readonly StandInGroup[] =
    zone === null
      ? []
      : [
          { kind: 'zone', key: `zone ${region}/${zone}`, title: `zone ${zone} of ${region}` },
          { kind: 'zones', key: `zones ${region}`, title: `the zones of ${region}` },
        ];
  return [...named('availability-set', availabilitySet), ...named('scale-set', scaleSet), ...inZone];
}

/** How the members of one group stand at a moment: seen running, under way by our own doing, or neither. */
export interface GroupStanding {
  readonly group: StandInGroup;
  readonly members: number;
  readonly up: number;
  readonly flying: number;
  /** The first few of those that are neither. */
  readonly down: readonly string[];
}

/** As many names as fit into a sentence. */
const mostNames = 5;

/** The groups of a subscription's machines, and how they change while machines are chosen. */
export interface Standings {
  /** How much of the groups that it stands in is under way already, from 0 to 1: what stands with fewer goes earlier. */
  readonly loadOf: (machine: Machine) => number;
  /** The group of which it is the last machine that runs; null where others run beside it, or where it is alone. */
  readonly lastOf: (machine: Machine) => GroupStanding | null;
  readonly takeDown: (machine: Machine) => void;
}

/**
 * How the groups stand in a look. Whoever held no host when its restart was planned, and holds none, stands in for nobody
 * and is no member; whoever went down since, by whose hand ever, is a member that does not run.
 */
export function standingsOf(
  machines: readonly Machine[],
  present: readonly Restart[],
  flying: ReadonlySet<string>,
): Standings {
  const foundOff = new Set(present.filter(({ found }) => found === 'no-host').map(({ vmId }) => vmId));
  const groups = new Map<string, Changing<GroupStanding>>();
  const ofMachine = new Map<string, readonly Changing<GroupStanding>[]>();
  for (const machine of machines) {
    if (foundOff.has(machine.vmId) && isOff(machine)) continue;
    const standings = groupsOf(machine).map((group) => {
      const standing = groups.get(group.key) ?? { group, members: 0, up: 0, flying: 0, down: [] };
      groups.set(group.key, standing);
      count(standing, machine, flying.has(machine.vmId));
      return standing;
    });
    ofMachine.set(machine.vmId, standings);
  }
  const of = ({ vmId }: Machine) => ofMachine.get(vmId) ?? [];
  return {
    loadOf: (machine) => of(machine).reduce((most, one) => Math.max(most, one.flying / one.members), 0),
    lastOf: (machine) => of(machine).find((one) => one.members > 1 && one.up <= 1) ?? null,
    takeDown: (machine) => {
      for (const standing of of(machine)) {
        standing.up -= 1;
        standing.flying += 1;
      }
    },
  };
}

/** Counted in place: a subscription may have ten thousand machines. */
type Changing<T> = { -readonly [K in keyof T]: T[K] };

function isOff({ powerState }: Machine): boolean {
  return powerState === 'deallocated' || powerState === 'hibernated';
}

function count(standing: Changing<GroupStanding>, machine: Machine, isFlying: boolean): void {
  standing.members += 1;
  if (isFlying) standing.flying += 1;
  else if (machine.powerState === 'running') standing.up += 1;
  else if (standing.down.length < mostNames) standing.down = [...standing.down, machine.name];
}

/** A machine whose turn has not come because it is the last of its group that runs. */
export interface Held<C> {
  readonly candidate: C;
  readonly by: GroupStanding;
}

/**
 * Chooses up to `room` running machines to go down now, so that no group loses the last of its members that runs, and as
 * few as possible of one group go together; among equals by name. Says who was held where somebody was.
 */
export function chooseSpread<C extends { readonly machine: Machine }>(
  candidates: readonly C[],
  standings: Standings,
  room: number,
): { readonly chosen: readonly C[]; readonly held: readonly Held<C>[] } {
  const lines = new Set(linesOf(candidates));
  const chosen: C[] = [];
  const held: Held<C>[] = [];
  while (chosen.length < room) {
    const line = nextLine(lines, standings);
    const candidate = line?.waiting[line.next];
    if (line === undefined || candidate === undefined) break;
    const by = standings.lastOf(candidate.machine);
    if (by !== null) {
      held.push(...line.waiting.slice(line.next).map((one) => ({ candidate: one, by })));
      lines.delete(line);
      continue;
    }
    chosen.push(candidate);
    standings.takeDown(candidate.machine);
    line.next += 1;
    if (line.next === line.waiting.length) lines.delete(line);
  }
  return { chosen, held };
}

/** Machines that stand in the same groups wait in one line, by name: they are all alike to the choice. */
interface Line<C> {
  readonly waiting: C[];
  next: number;
}

function linesOf<C extends { readonly machine: Machine }>(candidates: readonly C[]): Iterable<Line<C>> {
  const lines = new Map<string, Line<C>>();
  for (const candidate of candidates.toSorted((a, b) => compare(a.machine.name, b.machine.name))) {
    const key = groupsOf(candidate.machine)
      .map((group) => group.key)
      .join(' ');
    const line = lines.get(key);
    if (line === undefined) lines.set(key, { waiting: [candidate], next: 0 });
    else line.waiting.push(candidate);
  }
  return lines.values();
}

function nextLine<C extends { readonly machine: Machine }>(
  lines: Iterable<Line<C>>,
  { loadOf }: Standings,
): Line<C> | undefined {
  let best: { readonly line: Line<C>; readonly machine: Machine; readonly load: number } | null = null;
  for (const line of lines) {
    const machine = line.waiting[line.next]?.machine;
    if (machine === undefined) continue;
    const load = loadOf(machine);
    const isBetter =
      best === null ||
      load < best.load ||
      (load === best.load && compare(machine.name, best.machine.name) < 0);
    if (isBetter) best = { line, machine, load };
  }
  return best?.line;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
