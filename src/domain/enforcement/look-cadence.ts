import { directionOf, type Exemption } from '../exemption/exemption.js';
import { isBefore, millisecondsBetween, type Instant } from '../instants.js';
import { isInFlight, type Restart, type RestartState, unfinishedRestartStates } from './restart.js';
import { presentRestarts } from './situation.js';

/** How often machines are looked at (docs/enforcement.md). */
export interface Cadence {
  readonly observeEveryMs: number;
  readonly watchEveryMs: number;
  /** The looks a minute that all quiet exemptions together may take. */
  readonly watchLooksAMinute: number;
}

/** Whose move it is: our own, that of somebody else whom we wait for, or nobody's, and we only watch. */
export type Pace = 'ours' | 'others' | 'watch';

/** The pace of an exemption after a look. */
export function paceOf(exemption: Exemption, restarts: readonly Restart[], moved: boolean): Pace {
  if (restarts.some((one) => isInFlight(one) || (one.stoppedByUs && one.state === 'waiting'))) return 'ours';
  const direction = directionOf(exemption);
  const present = presentRestarts({ exemption, restarts });
  // What ends a right is not kept waiting for a power state that comes back by itself.
  if (direction === 'revoke' && present.some(({ state }) => state === 'waiting')) return 'ours';
  // Something holds up the start of a machine that we stopped: nothing is quiet before it runs, whatever has ended.
  if (restarts.some(({ stoppedByUs }) => stoppedByUs)) return 'others';
  const isQuiet = exemption.state === 'effective' || exemption.state === 'suspended';
  const isWaitedFor = (state: RestartState) =>
    unfinishedRestartStates.includes(state) || (state === 'absent' && direction === 'revoke');
  if (!isQuiet || present.some(({ state }) => isWaitedFor(state))) return 'others';
  return moved ? 'ours' : 'watch';
}

/** Whether the wait follows from how many exemptions there are: then somebody has to count them. */
export function isStretched(pace: Pace, quietLooks: number, cadence: Cadence): boolean {
  return pace === 'watch' || (pace === 'others' && backedOffMs(quietLooks, cadence) >= longestMs(cadence));
}

/**
 * How long until the next look. Our own work is not kept waiting. Where somebody else has to move, each look in which
 * nothing did doubles the wait, up to half that of the watch. From there on, and in the watch, all live exemptions share
 * a budget: none comes before its share, and how long after it differs from one to the next, so that those that were
 * granted together do not come together (`chance`, from 0 to 1).
 */
export function waitMs(
  pace: Pace,
  quietLooks: number,
  { live, chance }: { readonly live: number; readonly chance: number },
  cadence: Cadence,
): number {
  if (pace === 'ours') return cadence.observeEveryMs;
  if (!isStretched(pace, quietLooks, cadence)) return backedOffMs(quietLooks, cadence);
  const atLeast = pace === 'watch' ? cadence.watchEveryMs : longestMs(cadence);
  const shareMs = (live * 60_000) / cadence.watchLooksAMinute;
  return Math.round(Math.max(atLeast, shareMs) + chance * shareMs);
}

/** 15, 30, 60, 120 seconds, as the settings come. */
function backedOffMs(quietLooks: number, { observeEveryMs }: Cadence): number {
  return observeEveryMs * 2 ** Math.min(quietLooks, 20);
}

function longestMs({ observeEveryMs, watchEveryMs }: Cadence): number {
  return Math.max(observeEveryMs, watchEveryMs / 2);
}

/** A window that begins meanwhile is not slept through. */
export function notPastWindow(wait: number, { restartPlan }: Exemption, now: Instant): number {
  const begins = restartPlan.mode === 'managed' ? (restartPlan.window?.startsAt ?? null) : null;
  if (begins === null || !isBefore(now, begins)) return wait;
  return Math.min(wait, millisecondsBetween(now, begins));
}

/** A number from 0 to 1 that is always the same for one id, and spread evenly over many. */
export function chanceOf(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(-8), 16) / 0x1_0000_0000;
}
