import type { Instant } from '../instants.js';
import type { PowerState } from '../ports/compute-control-plane.js';
import type { RestartScene, SceneMachine } from '../ports/restart-scenes.js';
import { addressFates } from './preview-addresses.js';
import { durationOf, type PlanDuration } from './preview-duration.js';
import { groupsOf, type PreviewGroup } from './preview-groups.js';
import type { RestartPlan } from './restart-plan.js';
import { type PreviewNote, unsaid, unseen, words } from './preview-words.js';
import { hasTemporaryDisk } from './temporary-disk.js';

/** Machines that something happens to: how many, and the first hundred of them with what to do. */
export interface Affected {
  readonly count: number;
  readonly machines: readonly {
    readonly name: string;
    readonly resourceId: string;
    readonly message: string;
  }[];
}

/** What a restart plan would do, before anybody decides (docs/enforcement.md). Null is unknown, and `unknown` says why. */
export interface RestartPreview {
  readonly at: Instant;
  readonly machines: number;
  readonly running: number | null;
  /** A dynamic public address is released by a deallocate, and reverse DNS and SPF go with it. */
  readonly losesAddress: Affected | null;
  readonly losesTemporaryDisk: Affected;
  readonly cannotBeDeallocated: Affected;
  readonly groups: readonly PreviewGroup[];
  /** Null where it is not known, or where the plan would stand still. */
  readonly duration: PlanDuration | null;
  readonly unknown: readonly PreviewNote[];
}

export interface Previewed {
  readonly preview: RestartPreview | null;
  /** Why there is none; null where there is one. */
  readonly previewUnavailable: PreviewNote | null;
}

/** As many as are told one by one; their number is told whole. */
const mostShown = 100;

/** Makes the preview of a plan for a subscription that is registered with this tenant, from what was seen. Pure. */
export function previewRestarts(
  scene: RestartScene,
  plan: RestartPlan,
  { tenantId, at }: { readonly tenantId: string; readonly at: Instant },
): Previewed {
  const previewUnavailable = obstacleOf(scene, tenantId);
  if (previewUnavailable !== null || scene.machines.kind === 'incomplete')
    return { preview: null, previewUnavailable };
  return { preview: previewOf(scene, scene.machines.items, plan, at), previewUnavailable: null };
}

/** What belongs to somebody else by now is shown to nobody. */
function obstacleOf({ subscription, machines }: RestartScene, tenantId: string): PreviewNote | null {
  if (subscription.kind === 'found' && subscription.tenantId.toLowerCase() !== tenantId.toLowerCase())
    return {
      code: 'subscription-in-another-tenant',
      message:
        'The cloud says that this subscription belongs to another tenant than it is registered with. Have the registration corrected.',
    };
  if (subscription.kind !== 'found')
    return unavailable(subscription.kind === 'not-found' ? 'SubscriptionNotFound' : subscription.code);
  return machines.kind === 'incomplete' ? unavailable(machines.code) : null;
}

function unavailable(code: string): PreviewNote {
  return {
    code: 'cloud-did-not-answer',
    message: `The cloud did not say in time what there is in this subscription (${code}). Ask again in a minute; nothing follows from it.`,
  };
}

function previewOf(
  scene: RestartScene,
  machines: readonly SceneMachine[],
  plan: RestartPlan,
  at: Instant,
): RestartPreview {
  const powerOf = powerStatesOf(scene);
  const isRunning = (machine: SceneMachine) => powerOf?.(machine) === 'running';
  // Whoever rests already loses nothing by a stop; where nobody knows, it is reckoned with.
  const stopped = machines.filter((machine) => !machine.ephemeralSystemDisk && !isAtRest(powerOf?.(machine)));
  const fates = fatesOf(scene, stopped);
  const running = machines.filter(isRunning).length;
  const down = machines.length - running;
  const cycledByRegion = byRegion(stopped.filter(isRunning));
  const size = { total: machines.length, down, cycledByRegion, limits: scene.limits };
  const duration = powerOf === null ? null : durationOf(plan, size);
  const standsStill = powerOf !== null && duration === null;
  return {
    at,
    machines: machines.length,
    running: powerOf === null ? null : running,
    losesAddress: fates?.lost ?? null,
    losesTemporaryDisk: affected(
      stopped.filter(({ size: name }) => hasTemporaryDisk(name) === true),
      words.disk,
    ),
    cannotBeDeallocated: affected(
      machines.filter((machine) => machine.ephemeralSystemDisk),
      words.ephemeral,
    ),
    groups: groupsOf(stopped).slice(0, mostShown),
    duration,
    unknown: [
      ...(standsStill ? [words.standstill(down)] : []),
      ...unseen(scene),
      ...unsaid(stopped, fates?.unknown ?? 0, machines.filter((one) => powerOf?.(one) === 'unknown').length),
    ],
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

function isAtRest(powerState: PowerState | undefined): boolean {
  return powerState === 'deallocated' || powerState === 'hibernated';
}

/** Which of the machines lose an address, and of how many nobody knows. */
function fatesOf(scene: RestartScene, machines: readonly SceneMachine[]) {
  const fateOf = addressFates(scene);
  if (fateOf === null) return null;
  const fates = new Map(machines.map((machine) => [machine, fateOf(machine)]));
  const lost = machines.filter((machine) => fates.get(machine)?.kind === 'lost');
  return {
    lost: affected(lost, (machine) => {
      const fate = fates.get(machine);
      return words.address(machine, fate?.kind === 'lost' ? fate.addresses : []);
    }),
    unknown: machines.filter((machine) => fates.get(machine)?.kind === 'unknown').length,
  };
}

function affected(machines: readonly SceneMachine[], message: (machine: SceneMachine) => string): Affected {
  return {
    count: machines.length,
    machines: machines.slice(0, mostShown).map((machine) => ({
      name: machine.name,
      resourceId: machine.resourceId,
      message: message(machine),
    })),
  };
}

function byRegion(machines: readonly SceneMachine[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { region } of machines)
    counts.set(region.toLowerCase(), (counts.get(region.toLowerCase()) ?? 0) + 1);
  return counts;
}
