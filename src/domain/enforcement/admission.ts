import { isBefore } from '../instants.js';
import type { Machine } from './machine.js';
import { machinesAllowedDown, windowIsOpen } from './restart-plan.js';
import type { Blocker, Restart } from './restart.js';
import { isInFlight } from './restart.js';
import { machinesById, presentAim, presentRestarts, type Situation } from './situation.js';

/** Which waiting restarts may begin now, and why none does where none does. */
export interface Admission {
  readonly begin: readonly Restart[];
  readonly holding: Blocker | null;
}

/**
 * Admits waiting restarts under the plan: window, canary, and never more than `maxUnavailable` down at once, machines
 * that are down anyway included (docs/enforcement.md). A revocation ignores the customer's plan and uses the
 * operator's limit; it never stands still, so one machine at a time is always let through.
 */
export function admit(situation: Situation): Admission {
  const aim = presentAim(situation);
  const restarts = presentRestarts(situation);
  const machines = machinesById(situation);
  const waiting = restarts
    .filter((restart) => restart.state === 'waiting' && !restart.stoppedByUs)
    .filter((restart) => isStoppable(machines.get(restart.vmId)))
    .toSorted((a, b) => a.name.localeCompare(b.name));
  if (aim === null || waiting.length === 0) return { begin: [], holding: null };
  const holding = aim.direction === 'enable' ? heldByPlan(situation, restarts) : null;
  if (holding !== null) return { begin: [], holding };
  return underLimit(situation, restarts, waiting);
}

/**
 * Only what is seen to hold a host is stopped; an unknown power state is looked at again, never inferred. A machine that
 * somebody else is stopping or starting right now is left to them: what they wanted is seen in the next look.
 */
function isStoppable(machine: Machine | undefined): boolean {
  if (machine === undefined || machine.host === 'none') return false;
  return machine.powerState === 'running' || machine.powerState === 'stopped';
}

function heldByPlan({ exemption, now }: Situation, restarts: readonly Restart[]): Blocker | null {
  const plan = exemption.restartPlan;
  if (exemption.state !== 'enabling') return null;
  if (plan.mode === 'observed') {
    return {
      code: 'owner-restarts',
      message:
        'The plan is "observed": the owner stops (deallocates) and starts the machines, and Postern watches. Set the restart plan to "managed" to have Postern do it.',
    };
  }
  if (!windowIsOpen(plan, now)) return windowClosed(plan.window, now);
  const failed = restarts.find((restart) => restart.state === 'failed');
  if (failed === undefined) return null;
  return {
    code: 'plan-stopped',
    message: `The plan stopped by itself because ${failed.name} did not come back. Retry or skip that machine to go on.`,
  };
}

function windowClosed(
  window: { readonly startsAt: string; readonly endsAt: string } | null,
  now: string,
): Blocker {
  const begins = window !== null && isBefore(now, window.startsAt);
  return {
    code: begins ? 'before-window' : 'window-over',
    message: begins
      ? `The maintenance window begins at ${window.startsAt}.`
      : 'The maintenance window is over. Set a new window in the restart plan for the machines that are left.',
  };
}

function underLimit(
  situation: Situation,
  restarts: readonly Restart[],
  waiting: readonly Restart[],
): Admission {
  const machines = machinesById(situation);
  const limit = limitOf(situation, restarts);
  const inFlight = restarts.filter(isInFlight).length;
  const begin: Restart[] = [];
  let down = countDown(situation, restarts);
  for (const restart of waiting) {
    const alreadyDown = machines.get(restart.vmId)?.powerState !== 'running';
    const letThrough = isRevocation(situation) && inFlight + begin.length === 0;
    if (!alreadyDown && down >= limit && !letThrough) continue;
    begin.push(restart);
    if (!alreadyDown) down += 1;
  }
  const stuck = begin.length === 0 && inFlight === 0;
  return { begin, holding: stuck ? tooManyDown(down, limit) : null };
}

function isRevocation(situation: Situation): boolean {
  return situation.gate.position === 'closed';
}

function limitOf(situation: Situation, restarts: readonly Restart[]): number {
  const total = situation.machines.length;
  if (isRevocation(situation)) return machinesAllowedDown(situation.operatorMaxUnavailable, total);
  const plan = situation.exemption.restartPlan;
  const allowed = machinesAllowedDown(plan.maxUnavailable, total);
  const canaryOut = plan.canary && !restarts.some((restart) => restart.state === 'restarted');
  if (!canaryOut) return allowed;
  // One canary at a time: on top of what is down anyway, and still within what the plan allows.
  const flying = restarts.filter(isInFlight).length;
  return Math.min(allowed, countDown(situation, restarts) - flying + 1);
}

/** Machines that are down, for whatever reason, or about to be by our own doing. */
function countDown(situation: Situation, restarts: readonly Restart[]): number {
  const flying = new Set(restarts.filter(isInFlight).map((restart) => restart.vmId));
  return situation.machines.filter((machine) => machine.powerState !== 'running' || flying.has(machine.vmId))
    .length;
}

function tooManyDown(down: number, limit: number): Blocker {
  return {
    code: 'max-unavailable-reached',
    message: `${String(down)} of the machines are down or not seen running, and the plan allows ${String(limit)} at once. Start one of them, or raise maxUnavailable in the restart plan.`,
  };
}
