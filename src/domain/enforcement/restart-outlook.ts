import type { Instant } from '../instants.js';
import { noToken, type PowerState } from '../ports/compute-control-plane.js';
import type { RestartScene, SceneMachine } from '../ports/restart-scenes.js';
import { addressFates } from './preview-addresses.js';
import type { PlanSize } from './preview-duration.js';
import { groupsOf, type PreviewGroup, standIn } from './preview-groups.js';
import { type PreviewNote, unsaid, unseen, words } from './preview-words.js';
import { hasTemporaryDisk } from './temporary-disk.js';

/** Machines that something happens to: how many, and the first of them with what to do. */
export interface Affected {
  readonly count: number;
  readonly machines: readonly {
    readonly name: string;
    readonly resourceId: string;
    readonly message: string;
  }[];
  /** There are more than are told one by one. */
  readonly truncated: boolean;
}

/**
 * What any plan would meet, as far as it is shown: of bounded size however many machines there are, and so what is kept.
 * Null is unknown, and `unknown` says why. Whoever changes its shape counts `outlookShape` up (kept-preview.ts).
 */
export interface RestartOutlook {
  readonly lookedAt: Instant;
  readonly machines: number;
  readonly running: number | null;
  /** A dynamic public address is released by a deallocate, and reverse DNS and SPF go with it. */
  readonly losesAddress: Affected | null;
  readonly losesTemporaryDisk: Affected;
  readonly cannotBeDeallocated: Affected;
  readonly groups: readonly PreviewGroup[];
  /** How many groups there are beyond those. */
  readonly moreGroups: number;
  /** What a plan's duration follows from; null where nobody knows which machines run. */
  readonly size: PlanSize | null;
  readonly unknown: readonly PreviewNote[];
}

/** What a look came to: an outlook, or why there is none. */
export type Looked =
  | { readonly kind: 'seen'; readonly outlook: RestartOutlook }
  | { readonly kind: 'not-seen'; readonly why: PreviewNote }
  /** What belongs to somebody else by now is shown to nobody, and what was kept of it goes. */
  | { readonly kind: 'of-another-tenant'; readonly why: PreviewNote };

/** For whom a scene is told, when it was looked at, and how many of each kind are told one by one. */
export interface Telling {
  /** The tenant that the subscription is registered with. */
  readonly tenantId: string;
  readonly at: Instant;
  readonly mostShown: number;
}

/** What there is to say of a scene, whatever the plan. Pure. */
export function outlookOn(scene: RestartScene, telling: Telling): Looked {
  const { subscription, machines } = scene;
  if (subscription.kind === 'found' && subscription.tenantId.toLowerCase() !== telling.tenantId.toLowerCase())
    return { kind: 'of-another-tenant', why: elsewhere };
  if (subscription.kind !== 'found')
    return notSeen(subscription.kind === 'not-found' ? 'SubscriptionNotFound' : subscription.code);
  if (machines.kind === 'incomplete') return notSeen(machines.code);
  return { kind: 'seen', outlook: outlookOf(scene, machines.items, telling) };
}

const elsewhere: PreviewNote = {
  code: 'subscription-in-another-tenant',
  message:
    'The cloud says that this subscription belongs to another tenant than it is registered with. Have the registration corrected.',
};

function notSeen(code: string): Looked {
  return { kind: 'not-seen', why: code === noToken ? words.busy : words.noAnswer(code) };
}

function outlookOf(
  scene: RestartScene,
  machines: readonly SceneMachine[],
  { at, mostShown }: Telling,
): RestartOutlook {
  const powerOf = powerStatesOf(scene);
  const isRunning = (machine: SceneMachine) => powerOf?.(machine) === 'running';
  // Whoever rests already loses nothing by a stop; where nobody knows, it is reckoned with.
  const stopped = machines.filter((machine) => !machine.ephemeralSystemDisk && !isAtRest(powerOf?.(machine)));
  const fates = fatesOf(scene, stopped, mostShown);
  const running = machines.filter(isRunning).length;
  const groups = groupsOf(stopped);
  const size = {
    total: machines.length,
    down: machines.filter((one) => !isRunning(one) && !isOff(powerOf?.(one))).length,
    cycledByRegion: byRegion(stopped.filter(isRunning)),
    instancesByRegion: byRegion(stopped.filter((one) => one.isInstance && isRunning(one))),
    standIn: standIn(stopped.filter(isRunning)),
    limits: scene.limits,
  };
  const withTemporaryDisk = stopped.filter(({ size: name }) => hasTemporaryDisk(name) === true);
  const bound = machines.filter((machine) => machine.ephemeralSystemDisk);
  const powerUnknown = machines.filter((one) => powerOf?.(one) === 'unknown').length;
  return {
    lookedAt: at,
    machines: machines.length,
    running: powerOf === null ? null : running,
    losesAddress: fates?.lost ?? null,
    losesTemporaryDisk: affected(withTemporaryDisk, words.disk, mostShown),
    cannotBeDeallocated: affected(bound, words.ephemeral, mostShown),
    groups: groups.slice(0, mostShown),
    moreGroups: Math.max(0, groups.length - mostShown),
    size: powerOf === null ? null : size,
    unknown: [...unseen(scene, mostShown), ...unsaid(stopped, fates?.unknown ?? 0, powerUnknown)],
  };
}

/** The power state of each machine by its resource id; null where the listing is not whole. */
function powerStatesOf({ powerStates }: RestartScene): ((machine: SceneMachine) => PowerState) | null {
  if (powerStates.kind === 'incomplete') return null;
  const byId = new Map(
    powerStates.items.map(({ resourceId, powerState }) => [resourceId.toLowerCase(), powerState]),
  );
  return ({ resourceId }) => byId.get(resourceId.toLowerCase()) ?? 'unknown';
}

/** What would be found off when the plan is made: it counts against no limit. */
function isOff(powerState: PowerState | undefined): boolean {
  return isAtRest(powerState) || ['stopped', 'stopping', 'deallocating'].includes(powerState ?? '');
}

function isAtRest(powerState: PowerState | undefined): boolean {
  return powerState === 'deallocated' || powerState === 'hibernated';
}

/** Which of the machines lose an address, and of how many nobody knows. */
function fatesOf(scene: RestartScene, machines: readonly SceneMachine[], mostShown: number) {
  const fateOf = addressFates(scene);
  if (fateOf === null) return null;
  const fates = new Map(machines.map((machine) => [machine, fateOf(machine)]));
  const lost = machines.filter((machine) => fates.get(machine)?.kind === 'lost');
  return {
    lost: affected(
      lost,
      (machine) => {
        const fate = fates.get(machine);
        return words.address(machine, fate?.kind === 'lost' ? fate.addresses : []);
      },
      mostShown,
    ),
    unknown: machines.filter((machine) => fates.get(machine)?.kind === 'unknown').length,
  };
}

function affected(
  machines: readonly SceneMachine[],
  message: (machine: SceneMachine) => string,
  mostShown: number,
): Affected {
  return {
    count: machines.length,
    machines: machines.slice(0, mostShown).map((machine) => ({
      name: machine.name,
      resourceId: machine.resourceId,
      message: message(machine),
    })),
    truncated: machines.length > mostShown,
  };
}

function byRegion(machines: readonly SceneMachine[]): PlanSize['cycledByRegion'] {
  const counts = new Map<string, number>();
  for (const { region } of machines)
    counts.set(region.toLowerCase(), (counts.get(region.toLowerCase()) ?? 0) + 1);
  return Object.fromEntries(counts);
}
