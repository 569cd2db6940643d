import type { BucketSize } from './call-bucket.js';
import type { RestartLimits } from '../ports/restart-scenes.js';
import { machinesAllowedDown, type RestartPlan } from './restart-plan.js';

/** How long a plan takes once it may begin. */
export interface PlanDuration {
  readonly waves: number;
  readonly minutes: number;
  readonly message: string;
}

/** What the duration follows from. */
export interface PlanSize {
  /** All machines of the subscription: percentages are of these. */
  readonly total: number;
  /** Whose power state nobody saw: they may be down, and count against `maxUnavailable`. What is seen off does not. */
  readonly down: number;
  /** Machines that are stopped and started, by region: the cloud counts calls by region. */
  readonly cycledByRegion: Readonly<Record<string, number>>;
  /** How many of them are instances of uniform scale sets, whose orders are counted by themselves. */
  readonly instancesByRegion: Readonly<Record<string, number>>;
  /** Some of them stand in for each other: one wave never takes all. */
  readonly standIn: boolean;
  readonly limits: RestartLimits;
}

/** An assumption, and told as such: a deallocate and a start take about two minutes each. */
const minutesAMachine = 4;

/** How many waves a plan takes, and how long; null where it would stand still, because too many are not seen running. */
export function durationOf(plan: RestartPlan, size: PlanSize): PlanDuration | null {
  const counts = Object.values(size.cycledByRegion);
  const cycled = counts.reduce((sum, count) => sum + count, 0);
  const atOnce = machinesAllowedDown(plan.maxUnavailable, size.total) - size.down;
  if (cycled === 0) return { waves: 0, minutes: 0, message: 'No machine has to be stopped and started.' };
  if (atOnce <= 0) return null;
  const byLimit = plan.canary ? 1 + Math.ceil((cycled - 1) / atOnce) : Math.ceil(cycled / atOnce);
  const waves = Math.max(byLimit, size.standIn ? 2 : 1);
  const byPlan = waves * minutesAMachine;
  const byCloud = Math.max(...Object.keys(size.cycledByRegion).map((region) => minutesIn(size, region)));
  const minutes = Math.ceil(Math.max(byPlan, byCloud + minutesAMachine));
  return { waves, minutes, message: wordsFor(plan, { cycled, atOnce, waves, minutes }, byCloud > 0) };
}

/** How long the cloud keeps a region's orders waiting; machines and instances wait side by side. */
function minutesIn({ cycledByRegion, instancesByRegion, limits }: PlanSize, region: string): number {
  const instances = instancesByRegion[region] ?? 0;
  const machines = (cycledByRegion[region] ?? 0) - instances;
  return Math.max(
    minutesFor(machines, limits.deallocate),
    minutesFor(machines, limits.start),
    minutesFor(instances, limits.deallocateInstance),
    minutesFor(instances, limits.startInstance),
  );
}

/** How long the cloud keeps so many calls waiting beyond what it takes at once. */
function minutesFor(calls: number, { burst, perMinute }: BucketSize): number {
  return Math.max(0, calls - burst) / perMinute;
}

function wordsFor(
  plan: RestartPlan,
  counts: {
    readonly cycled: number;
    readonly atOnce: number;
    readonly waves: number;
    readonly minutes: number;
  },
  isHeldByCloud: boolean,
): string {
  const { cycled, atOnce, waves, minutes } = counts;
  const first = plan.canary ? 'one machine first, then ' : '';
  const how = `${first}at most ${String(atOnce)} at once`;
  const limits = isHeldByCloud ? ' The cloud’s own limits on calls are counted in.' : '';
  const owner =
    plan.mode === 'observed'
      ? ' The plan is "observed": the owner does it, and this is what it asks for.'
      : '';
  return `About ${String(minutes)} minutes for ${String(cycled)} machines in ${String(waves)} waves (${how}), if stopping and starting one takes ${String(minutesAMachine)} minutes.${limits}${owner}`;
}
