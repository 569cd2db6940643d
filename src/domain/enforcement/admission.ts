import { isBefore } from '../instants.js';
import type { Machine } from './machine.js';
import { machinesAllowedDown, windowIsOpen } from './restart-plan.js';
import type { Blocker, Restart } from './restart.js';
import { isInFlight } from './restart.js';
import { machinesById, presentAim, presentRestarts, type Situation } from './situation.js';
import { chooseSpread, type Held, standingsOf } from './stand-ins.js';
import { stopsItsPlan } from './still-wanted.js';

/** Which waiting restarts may begin now, and why none does where none does. */
export interface Admission {
  readonly begin: readonly Restart[];
  readonly holding: Blocker | null;
}

/**
 * Admits waiting restarts under the plan: window, canary, never more than `maxUnavailable` down at once, machines that
 * went down since the plan was made included, and never the last that runs of those that stand in for each other (docs/enforcement.md). A
 * revocation ignores the customer's plan and uses the operator's limit; it never stands still, so one machine at a time
 * is always let through, and sets and zones decide on the order only.
 */
export function admit(situation: Situation): Admission {
  const aim = presentAim(situation);
  const restarts = presentRestarts(situation);
  const machines = machinesById(situation);
  const waiting = restarts.flatMap((restart) => {
    const machine = machines.get(restart.vmId);
    const isDue =
      restart.state === 'waiting' && !restart.stoppedByUs && situation.seenVmIds.has(restart.vmId);
    return isDue && machine !== undefined && isStoppable(machine) ? [{ restart, machine }] : [];
  });
  if (aim === null || waiting.length === 0) return { begin: [], holding: null };
  const holding = aim.direction === 'enable' ? heldByPlan(situation, restarts) : null;
  if (holding !== null) return { begin: [], holding };
  return underLimit(situation, restarts, waiting);
}

interface Candidate {
  readonly restart: Restart;
  readonly machine: Machine;
}

/**
 * Only what is seen to hold a host is stopped; an unknown power state is looked at again, never inferred, and so is one
 * that is not found where it was. A machine that somebody else is stopping or starting right now is left to them: what
 * they wanted is seen in the next look.
 */
function isStoppable({ host, powerState, notFoundSince }: Machine): boolean {
  return notFoundSince === null && host !== 'none' && (powerState === 'running' || powerState === 'stopped');
}

function heldByPlan({ exemption, now }: Situation, restarts: readonly Restart[]): Blocker | null {
  const plan = exemption.restartPlan;
  if (plan.mode === 'observed') {
    return {
      code: 'owner-restarts',
      message:
        'The plan is "observed": the owner stops (deallocates) and starts the machines, and Postern watches. Set the restart plan to "managed" to have Postern do it.',
    };
  }
  if (!windowIsOpen(plan, now)) return windowClosed(plan.window, now);
  // Whatever refuses a start may refuse the next one, too; what was given up needs a human, and is told first.
  const stoppers = restarts.filter(stopsItsPlan);
  const [one] = [...stoppers.filter(({ state }) => state === 'failed'), ...stoppers];
  if (one === undefined) return null;
  return one.state === 'failed'
    ? stoppedBy(one.name, 'Retry or skip that machine to go on.')
    : stoppedBy(one.name, 'It goes on by itself when that machine runs again, or is skipped.');
}

function stoppedBy(name: string, next: string): Blocker {
  return {
    code: 'plan-stopped',
    message: `The plan stopped by itself because ${name} did not come back. ${next}`,
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
  waiting: readonly Candidate[],
): Admission {
  const flying = new Set(situation.restarts.filter(isInFlight).map(({ vmId }) => vmId));
  const isDown = ({ powerState }: Machine) => powerState !== 'running';
  const served = servingWhenPlanned(situation.machines, restarts);
  const downAnyway = served.filter((one) => isDown(one) && !flying.has(one.vmId)).length;
  const down = downAnyway + served.filter(({ vmId }) => flying.has(vmId)).length;
  const limit = limitOf(situation, restarts, downAnyway);
  // Deallocating a machine that is already stopped does not reduce what is available, so it is not counted.
  const freely = waiting.filter(({ machine }) => isDown(machine));
  const standings = standingsOf(situation.machines, restarts, flying);
  const running = waiting.filter(({ machine }) => !isDown(machine));
  const { chosen, held } = chooseSpread(running, standings, limit - down);
  const begin = [...freely, ...chosen];
  if (isRevocation(situation)) {
    const more = held.map(({ candidate }) => candidate).slice(0, Math.max(0, limit - down - chosen.length));
    const all = [...begin, ...more];
    // What is in trouble is not waited for: a lock on one machine would keep port 25 open on all others.
    const isUnderWay = situation.restarts.some((one) => isInFlight(one) && one.blocker === null);
    const atLeast = all.length === 0 && !isUnderWay ? running.slice(0, 1) : all;
    return { begin: atLeast.map(({ restart }) => restart), holding: null };
  }
  const stuck = begin.length === 0 && flying.size === 0;
  const [first] = held;
  const why = first === undefined ? tooManyDown(down, limit) : lastOfItsGroup(first);
  return { begin: begin.map(({ restart }) => restart), holding: stuck ? why : null };
}

/**
 * The machines that count against the limit. One that was deallocated or stopped when the plan was made, and was not seen
 * started since, served nobody then: a fleet with one machine switched off must not wait for it for ever. One that went
 * down since counts, by whomever it was stopped (docs/decisions/0008-down-machines-count.md).
 */
function servingWhenPlanned(machines: readonly Machine[], restarts: readonly Restart[]): readonly Machine[] {
  const offSinceThen = new Set(
    restarts
      .filter(({ found, state }) => (found === 'no-host' || found === 'stopped') && state !== 'restarted')
      .map(({ vmId }) => vmId),
  );
  return machines.filter(({ vmId }) => !offSinceThen.has(vmId));
}

function isRevocation(situation: Situation): boolean {
  return situation.gate.position === 'closed';
}

function limitOf(situation: Situation, restarts: readonly Restart[], downAnyway: number): number {
  const total = situation.machines.length;
  if (isRevocation(situation)) return machinesAllowedDown(situation.operatorMaxUnavailable, total);
  const plan = situation.exemption.restartPlan;
  const allowed = machinesAllowedDown(plan.maxUnavailable, total);
  const canaryOut = plan.canary && !restarts.some((restart) => restart.state === 'restarted');
  // One canary at a time: on top of what is down anyway, and still within what the plan allows.
  return canaryOut ? Math.min(allowed, downAnyway + 1) : allowed;
}

function tooManyDown(down: number, limit: number): Blocker {
  return {
    code: 'max-unavailable-reached',
    message: `${String(down)} of the machines that were running when the plan was made are down or not seen running, and the plan allows ${String(limit)} at once. Start one of them, or raise maxUnavailable in the restart plan.`,
  };
}

function lastOfItsGroup({ candidate: { machine }, by }: Held<Candidate>): Blocker {
  const others = by.members - 1 - by.down.length;
  const names = others > 0 ? `${by.down.join(', ')} and ${String(others)} more` : by.down.join(', ');
  return {
    code: 'last-of-its-group',
    message: `${machine.name} is the last machine of ${by.group.title} that is seen running, so Postern does not stop it. Start another one (${names}); or set the restart plan to "observed" and stop (deallocate) and start ${machine.name} yourself.`,
  };
}
