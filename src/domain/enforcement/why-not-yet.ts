import { type Gate, isSettled } from '../gate/gate.js';
import { compareInstants } from '../instants.js';
import type { Machine } from './machine.js';
import { wasWithoutHost } from './after-release.js';
import { isHeldAbsent } from './held-absent.js';
import { isExempt } from './physics.js';
import { isElsewhere } from './place.js';
import { type Blocker, isInFlight, type Restart } from './restart.js';
import type { RestartPlan } from './restart-plan.js';
import { isInstance } from './scale-sets.js';

/** An instance of a scale set has a number, and a command of its own. */
function howToCycle(machine: Machine): string {
  const number = machine.resourceId.split('/').at(-1) ?? '';
  const stop = isInstance(machine) ? `az vmss deallocate --instance-ids ${number}` : 'az vm deallocate';
  return `use Stop in the portal or \`${stop}\`, wait until it is deallocated, then start it`;
}

/**
 * "Why not yet?" of one machine, in words for its owner and for the engineer; null when nothing is missing. The most
 * common mistake has its own sentence: a machine that was shut down or restarted from inside keeps its host.
 */
export function whyNotYet(
  restart: Restart,
  machine: Machine | null,
  gate: Gate | null,
  plan: RestartPlan,
): Blocker | null {
  if (restart.blocker !== null) return blocked(restart, restart.blocker);
  if (machine === null || machine.gone) return null;
  if (isHeldAbsent(machine, restart.direction) && !isInFlight(restart)) return isAbsent(restart, machine);
  switch (restart.state) {
    case 'waiting':
      if (restart.stoppedByUs) return startsAgain(machine);
      return restart.direction === 'enable'
        ? whyWaiting(restart, machine, gate, plan)
        : (whyGate(restart, machine, gate) ?? waitsToBeClosed(machine));
    case 'deallocating':
      return {
        code: 'being-deallocated',
        message: `${machine.name} is being stopped (deallocated) by Postern.`,
      };
    case 'starting':
      return {
        code: 'being-started',
        message: `${machine.name} lost its host and is being started again by Postern.`,
      };
    case 'skipped':
      return leftAlone(machine);
    case 'resting':
      return rests(machine);
    case 'restarted':
    case 'created-after':
      return restart.direction === 'enable' && gate !== null ? whyClosedAgain(machine, gate) : null;
    default:
      return null;
  }
}

/** Whoever stopped a machine that is down says so first: its owner looks for them (I18). */
function blocked({ name, state, stoppedByUs }: Restart, { code, message }: Blocker): Blocker {
  const isDown = stoppedByUs && state !== 'deallocating';
  return { code, message: isDown ? `Postern stopped ${name} and cannot start it yet. ${message}` : message };
}

function startsAgain({ name }: Machine): Blocker {
  return { code: 'being-started', message: `Postern stopped ${name} and starts it again in a moment.` };
}

/** What absence means, and what to do: nothing is inferred from it. */
function isAbsent({ direction }: Restart, machine: Machine): Blocker {
  const { name } = machine;
  if (direction === 'enable') {
    const where = isElsewhere(machine)
      ? `${name} was moved to another subscription, and the exemption is not for that one`
      : `${name} is not where it was, and the activity log shows no delete of it`;
    return {
      code: 'absent',
      message: `${where}. It holds nothing up while the right is enabled; should the right end, it has to be closed or gone first. Moved back, it is seen by itself.`,
    };
  }
  return {
    code: 'absent',
    message: `${name} is not where it was, and may have been moved to another subscription with the host that it holds. It is searched for in every subscription that Postern may see, and closed where it is found; it is gone once the activity log shows its delete, some 20 minutes late. Move it back, or delete it, if you know where it is.`,
  };
}

/** One that may have been started and shut down unseen has taken the gate's position then: nothing is missing either. */
function rests({ name, host }: Machine): Blocker {
  const what =
    host === 'none'
      ? `${name} holds no host. It takes the gate's position at its next start`
      : `${name} is shown stopped, and was seen without a host since the gate moved. If it has taken one since, that has the gate's position; else it takes it at its next start`;
  return { code: 'rests', message: `${what}; nothing is missing.` };
}

/** Seen without a host before the gate moved, and shown stopped since: it may be on its way up, or was started and shut down. */
function perhapsShutDown(machine: Machine): Blocker {
  return {
    code: 'stopped-but-allocated',
    message: `${machine.name} held no host before, and is shown stopped now: it may have been started and shut down from inside, and hold a host of another position. It is looked at again; to be sure, ${howToCycle(machine)}.`,
  };
}

function leftAlone(machine: Machine): Blocker {
  const next =
    machine.host === 'none'
      ? ', which holds no host. Start it yourself when you want it.'
      : `. Stop (deallocate) and start it yourself: ${howToCycle(machine)}.`;
  return { code: 'skipped', message: `An engineer told Postern not to touch ${machine.name}${next}` };
}

/** The log tells late: what was proven of a machine may turn out to have been overtaken, unseen. */
function whyClosedAgain(machine: Machine, gate: Gate): Blocker | null {
  if (machine.host !== 'held' || machine.carries === 'open' || isExempt(machine, gate)) return null;
  if (!isSettled(gate)) return gateMoves(machine, gate);
  if (gate.position === 'closed') return closedWhileHeld(machine, gate);
  return closedAgain(machine, ` To change that, ${howToCycle(machine)}.`);
}

/** What it would carry after a cycle now is not known: nobody is asked for one. */
function gateMoves({ name }: Machine, { position }: Gate): Blocker {
  const verb = position === 'open' ? 'open' : 'close';
  return {
    code: 'gate-moving',
    message: `The gate was ordered to ${verb} and has not confirmed it yet, and nothing is claimed of ${name}. Wait before you stop or start it: once the gate has confirmed, the row says what is missing.`,
  };
}

/** Why a machine that waits does not wait for what its row was planned for: the gate moves, or has moved on; null where it does. */
function whyGate({ direction, stoppedByUs }: Restart, machine: Machine, gate: Gate | null): Blocker | null {
  // One that we stopped is started whatever the gate says (I18).
  if (gate === null || stoppedByUs) return null;
  if (!isSettled(gate)) return gateMoves(machine, gate);
  if (gate.position === (direction === 'enable' ? 'open' : 'closed')) return null;
  return {
    code: 'order-overtaken',
    message: `The gate is ${gate.position} by a later order than that of this restart. The next look ends it, and says what is missing of ${machine.name}.`,
  };
}

/** In a suspension that leaves running machines alone: this one is closed, and a cycle now would be in vain. */
function closedWhileHeld({ name }: Machine, { appliesTo }: Gate): Blocker {
  const why =
    appliesTo === 'running'
      ? `The gate is closed and applies to running machines: ${name} is closed.`
      : `${name} took another host while the gate was closed, or may have, and is not exempt.`;
  return {
    code: 'closed-again',
    message: `${why} Stopping and starting it now changes nothing; once the gate is open again, the row says what is missing.`,
  };
}

/** Surely, or perhaps: a call for a whole scale set does not say which of its machines it stopped; one that was away, nobody saw. */
function closedAgain({ name, carries }: Machine, next: string): Blocker {
  const what =
    carries === 'unknown'
      ? `${name} is not proven exempt any more: it was away, or the cloud's activity log told later of a stop that it may have been in, and it may have taken another host while the gate was closed.`
      : `${name} took another host while the gate was closed, as the cloud's activity log told later.`;
  return { code: 'closed-again', message: `${what}${next}` };
}

function whyWaiting(
  restart: Restart,
  machine: Machine,
  gate: Gate | null,
  plan: RestartPlan,
): Blocker | null {
  if (gate !== null && isExempt(machine, gate)) return null;
  const byGate = whyGate(restart, machine, gate);
  if (byGate !== null) return byGate;
  if (machine.powerState === 'unknown') {
    return {
      code: 'power-state-unknown',
      message: `The cloud does not say whether ${machine.name} is running. It is looked at again; nothing is inferred.`,
    };
  }
  if (machine.powerState === 'stopped' || machine.powerState === 'stopping') {
    if (wasWithoutHost(machine)) return perhapsShutDown(machine);
    return {
      code: 'stopped-but-allocated',
      message: `${machine.name} was shut down from inside: the host is still allocated, so it keeps the closed position. To change that, ${howToCycle(machine)}.`,
    };
  }
  if (machine.powerState === 'deallocating') {
    return {
      code: 'deallocating',
      message: `${machine.name} is being deallocated; it has not lost its host yet. Start it once it is deallocated.`,
    };
  }
  const ours =
    plan.mode === 'managed'
      ? ' Postern does it when the plan admits it.'
      : ` To make it feel the exemption, ${howToCycle(machine)}.`;
  if (isNewcomer(machine, gate)) return originUnknown(machine, ours);
  if (restart.round > 1) return closedAgain(machine, ours);
  return {
    code: 'not-deallocated-yet',
    message: `${machine.name} has held its host since before the gate opened; a restart from inside keeps the host and the closed position.${ours}`,
  };
}

/** It came after the gate moved, and nothing says from where. */
function isNewcomer(machine: Machine, gate: Gate | null): boolean {
  const { carries, createdHere, timeCreated } = machine;
  if (carries !== 'unknown' || createdHere || timeCreated === null) return false;
  return (
    gate?.movedAt !== undefined && gate.movedAt !== null && compareInstants(timeCreated, gate.movedAt) > 0
  );
}

function originUnknown({ name }: Machine, ours: string): Blocker {
  return {
    code: 'origin-unknown',
    message: `${name} came after the gate had opened. If it was created in this subscription it needs nothing: the cloud's activity log tells, some 20 minutes late. Moved in from another one, it carries what it took there.${ours}`,
  };
}

function waitsToBeClosed(machine: Machine): Blocker {
  return {
    code: 'not-proven-closed',
    message: `${machine.name} may still carry the open position. Postern deallocates and starts it under the operator's limit; you may do it sooner: ${howToCycle(machine)}.`,
  };
}
