import type { Instant } from '../instants.js';

/** Who stops the machines: Postern (`managed`), or their owner while Postern watches (`observed`). */
export type RestartMode = 'managed' | 'observed';

/** A plan as its requester sets it (openapi.json, `PUT …/restart-plan`). */
export interface RestartPlan {
  readonly mode: RestartMode;
  /** When machines may begin to be stopped; null is at once. What has begun is finished after its end, too. */
  readonly window: { readonly startsAt: Instant; readonly endsAt: Instant } | null;
  /** How many machines may be down at once, those included that went down since the plan was made: a number, or "25%". */
  readonly maxUnavailable: number | string;
  /** One machine first, and the rest only when that one came back. */
  readonly canary: boolean;
}

/** The default: nobody's machine is stopped who has not asked for it. */
export const defaultRestartPlan: RestartPlan = {
  mode: 'observed',
  window: null,
  maxUnavailable: 1,
  canary: true,
};

/**
 * How many of `total` machines may be down at once. A percentage rounds down, and is at least 1.
 */
export function machinesAllowedDown(maxUnavailable: number | string, total: number): number {
  if (typeof maxUnavailable === 'number') return Math.max(1, Math.floor(maxUnavailable));
  const percent = Number.parseInt(maxUnavailable, 10);
  return Math.max(1, Math.floor((total * percent) / 100));
}

/** Whether a machine may begin to be stopped at this instant: inside the window, or where there is none. */
export function windowIsOpen(plan: RestartPlan, now: Instant): boolean {
  if (plan.window === null) return true;
  const at = Date.parse(now);
  return at >= Date.parse(plan.window.startsAt) && at < Date.parse(plan.window.endsAt);
}
