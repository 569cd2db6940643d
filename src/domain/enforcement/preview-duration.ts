import type { BucketSize } from './call-bucket.js';
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
  /** Not running: they count against `maxUnavailable` already. */
  readonly down: number;
  /** Machines that are stopped and started, by region: the cloud counts calls by region. */
  readonly cycledByRegion: Readonly<Record<string, number>>;
  readonly limits: { readonly deallocate: BucketSize; readonly start: BucketSize };
}

/** An assumption, and told as such: a deallocate and a start take about two minutes each. */
const minutesAMachine = 4;

/** How many waves a plan takes, and how long; null where it would stand still, because too many are down already. */
export function durationOf(plan: RestartPlan, size: PlanSize): PlanDuration | null {
  const counts = Object.values(size.cycledByRegion);
  const cycled = counts.reduce((sum, count) => sum + count, 0);
  const atOnce = machinesAllowedDown(plan.maxUnavailable, size.total) - size.down;
  if (cycled === 0) return { waves: 0, minutes: 0, message: 'No machine has to be stopped and started.' };
  if (atOnce <= 0) return null;
  const waves = plan.canary ? 1 + Math.ceil((cycled - 1) / atOnce) : Math.ceil(cycled / atOnce);
  const byPlan = waves * minutesAMachine;
  const byCloud = Math.max(
    ...counts.map((count) =>
      Math.max(minutesFor(count, size.limits.deallocate), minutesFor(count, size.limits.start)),
    ),
  );
  const minutes = Math.ceil(Math.max(byPlan, byCloud + minutesAMachine));
  return { waves, minutes, message: wordsFor(plan, { cycled, atOnce, waves, minutes }, byCloud > 0) };
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
