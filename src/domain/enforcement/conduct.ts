import { isSettled } from '../gate/gate.js';
import { isBefore, millisecondsBetween } from '../instants.js';
import { admit } from './admission.js';
import { isHeldAbsent, isProvenAway } from './held-absent.js';
import type { Machine } from './machine.js';
import { isOriginPending } from './origin.js';
import { carriesPresentPosition, mayStillBeOpen, restsUnder } from './physics.js';
import { asRestart, isCreatedAfter, planMissing } from './plan-machines.js';
import type { Planned, RestartEvent } from './restart-events.js';
import type { Blocker, Restart, RestartState } from './restart.js';
import { isInFlight } from './restart.js';
import { machinesById, presentAim, presentRestarts, type Situation } from './situation.js';

/** What one look at an exemption's machines leads to. Events are applied in order; then it is concluded, or not. */
export interface Conduct {
  readonly planned: readonly Planned[];
  /** Those of them that begin in the look that plans them. */
  readonly begunAtOnce: ReadonlySet<Planned>;
  readonly events: readonly { readonly restart: Restart; readonly event: RestartEvent }[];
  readonly holding: Blocker | null;
  readonly stillOpen: number;
}

/** How long a blocked machine rests before it is tried again: a minute for the passing, 15 for rights and locks. */
const retryBlockedAfterMs: Readonly<Record<string, number>> = {
  'subscription-disabled': 30_000,
  'resource-locked': 900_000,
  'missing-right': 900_000,
};
const retryOtherAfterMs = 60_000;
/** A cause that was said to be gone, and that the cloud gave again at the next try: then it is tried as rarely as a lock. */
const retryContradictedAfterMs = 900_000;

const provenStates: readonly RestartState[] = ['restarted', 'resting', 'created-after', 'gone'];

/** What the evidence says of every restart of an exemption, what is planned anew, and which may begin. Pure. */
export function conduct(situation: Situation): Conduct {
  const machines = machinesById(situation);
  const present = new Set(presentRestarts(situation).map(({ id }) => id));
  const settling = situation.restarts.flatMap((restart) => {
    const machine = machines.get(restart.vmId);
    if (machine === undefined) return [];
    const event = present.has(restart.id)
      ? eventFor(situation, restart, machine)
      : eventForOldPlan(situation, restart);
    return event === null ? [] : [{ restart, event }];
  });
  const moved = new Set(settling.map(({ restart }) => restart.id));
  const planned = planMissing(situation);
  const news = new Map(planned.map((plan) => [asRestart(plan), plan]));
  const { begin, holding } = admit({
    ...situation,
    // What is absent is neither down nor up, and stands in for nobody.
    machines: situation.machines.filter(({ absentSince }) => absentSince === null),
    restarts: [...situation.restarts.filter((restart) => !moved.has(restart.id)), ...news.keys()].filter(
      ({ vmId, state }) => state !== 'waiting' || !isPending(situation, machines.get(vmId)),
    ),
  });
  const beginning = begin
    .filter((restart) => !news.has(restart))
    .map((restart) => ({ restart, event: { type: 'deallocationBegun' } as const }));
  return {
    planned,
    begunAtOnce: new Set(begin.flatMap((restart) => news.get(restart) ?? [])),
    events: [...settling, ...beginning],
    holding: gateProblem(situation) ?? closedAgain(situation, planned) ?? holding,
    stillOpen: situation.machines.filter((machine) => mayStillBeOpen(machine, situation.gate)).length,
  };
}

function isPending(situation: Situation, machine: Machine | undefined): boolean {
  return machine !== undefined && isOriginPending(machine, situation);
}

/** In an effective exemption: it was granted in good faith, and this is what the log told since. */
function closedAgain(situation: Situation, planned: readonly Planned[]): Blocker | null {
  if (situation.exemption.state !== 'effective') return null;
  const machines = machinesById(situation);
  const waiting = presentRestarts(situation).filter(({ state }) => isOwnersToMove(state));
  const names = [...waiting, ...planned.filter(({ as, round = 1 }) => round > 1 && as !== 'absent')]
    .filter(({ vmId }) => !isPending(situation, machines.get(vmId)))
    .map(({ name }) => name);
  const [first] = names;
  if (first === undefined) return null;
  const who = names.length === 1 ? `${first} is` : `${first} and ${String(names.length - 1)} more are`;
  const again = new Set(names);
  const isSure = situation.machines.every(({ name, carries }) => !again.has(name) || carries !== 'unknown');
  const what = isSure
    ? `${who} not exempt: another host was taken while the gate was closed, as the cloud's activity log told later.`
    : `${who} not proven exempt: a host may have been taken while the gate was closed, or under the gate of another subscription.`;
  const how =
    situation.exemption.restartPlan.mode === 'managed'
      ? 'Postern stops (deallocates) and starts them as the restart plan admits it.'
      : 'Stop (deallocate) and start them, or set the restart plan to "managed" to have Postern do it.';
  return {
    code: 'closed-again',
    message: `${what} ${how}`,
  };
}

/** What the gate has to do, or somebody with it, before anything is said of machines; null where it stands as ordered. */
export function gateProblem({ gate, exemption }: Pick<Situation, 'gate' | 'exemption'>): Blocker | null {
  if (gate.state === 'disputed') {
    return {
      code: 'gate-disputed',
      message:
        'The platform’s gate stands at a later fence than ours. An Operator has to look at it and adopt that fence.',
    };
  }
  if (isSettled(gate) && gate.fence === exemption.fence) return null;
  return { code: 'gate-moving', message: 'The gate was ordered to move and has not confirmed it yet.' };
}

/** What the present look says of one restart of the present plan; null when it says nothing. */
function eventFor(situation: Situation, restart: Restart, machine: Machine): RestartEvent | null {
  if (presentAim(situation) === null) return null;
  if (isHeldAbsent(machine, restart.direction)) return absentSeen(situation, restart);
  if (restart.state === 'absent')
    return situation.seenVmIds.has(restart.vmId) ? { type: 'foundAgain' } : null;
  if (isInFlight(restart)) return null;
  if (isOwnersToMove(restart.state)) {
    if (restart.state === 'waiting' && isCreatedAfter(machine, situation.gate))
      return { type: 'createdHere' };
    if (carriesPresentPosition(machine, situation.gate) && machine.carriesFence === situation.gate.fence) {
      return { type: 'ownerCycled' };
    }
    if (restsUnder(machine, situation.gate) && !restart.stoppedByUs) return { type: 'ownerReleased' };
    if (isStillRunning(situation, restart, machine)) return { type: 'stillRunning' };
  }
  if (restart.state === 'resting' && carriesPresentPosition(machine, situation.gate)) {
    return { type: 'running', withoutOurStart: true };
  }
  return resume(situation, restart);
}

/** Its stop came to nothing that anybody saw: a start would find it running, and prove nothing (I6). */
function isStillRunning({ seenVmIds }: Situation, restart: Restart, machine: Machine): boolean {
  const isToStart = restart.state === 'waiting' && restart.stoppedByUs;
  return (
    isToStart && seenVmIds.has(machine.vmId) && machine.host === 'held' && machine.powerState === 'running'
  );
}

/** It is absent until it is seen again, is gone, or a human says what became of it. One that we stopped is ours to start (I18). */
function absentSeen({ absent }: Situation, restart: Restart): RestartEvent | null {
  const asked = absent.get(restart.vmId);
  if (restart.state === 'absent') {
    const isAsBefore = asked === undefined || asked?.code === restart.blocker?.code;
    return isAsBefore ? null : { type: 'absentSeen', blocker: asked };
  }
  // Its stop was refused, because it is not there: nothing is under way.
  const isRefused = restart.state === 'deallocating' && restart.blocker !== null;
  const mayRest = isOwnersToMove(restart.state) || restart.state === 'resting';
  if (!isRefused && (!mayRest || restart.stoppedByUs)) return null;
  return { type: 'absentSeen', blocker: asked ?? null };
}

function isOwnersToMove(state: RestartState): boolean {
  return state === 'waiting' || state === 'blocked' || state === 'failed' || state === 'skipped';
}

/** A plan that was overtaken ends where it stands, but for machines that we stopped: those we start first (I18). */
function eventForOldPlan(situation: Situation, restart: Restart): RestartEvent | null {
  if (restart.stoppedByUs) return resume(situation, restart);
  if (situation.exemption.endedAt !== null) return null;
  const ends: readonly RestartState[] = ['waiting', 'blocked', 'failed', 'skipped', 'absent', 'resting'];
  return ends.includes(restart.state) ? { type: 'planSuperseded' } : null;
}

function resume(situation: Situation, restart: Restart): RestartEvent | null {
  if (restart.state === 'waiting' && restart.stoppedByUs) return { type: 'startResumed' };
  if (restart.state === 'blocked' && causeMayBeGone(situation, restart)) return { type: 'unblocked' };
  return null;
}

function causeMayBeGone(situation: Situation, restart: Restart): boolean {
  const { subscriptionEnabled, now } = situation;
  const { blocker } = restart;
  if (blocker === null || blocker.code === 'cannot-deallocate') return false;
  if (situation.displaced.has(restart.vmId)) return true;
  // While it reads as disabled nothing is tried; that it reads as enabled does not mean that the cloud takes the order.
  if (blocker.code === 'subscription-disabled' && subscriptionEnabled !== true) return false;
  const usualMs = retryBlockedAfterMs[blocker.code] ?? retryOtherAfterMs;
  const waitMs = isContradicted(situation, restart) ? Math.max(usualMs, retryContradictedAfterMs) : usualMs;
  return millisecondsBetween(blocker.since, now) >= waitMs;
}

/** Whether it was tried again since its owner was told of this cause, and met the same one (F26). */
function isContradicted({ toldTroubles }: Situation, { id, blocker }: Restart): boolean {
  return toldTroubles.some(
    ({ code, restartIds, at }) =>
      code === blocker?.code && restartIds.includes(id) && isBefore(at, blocker.since),
  );
}

/**
 * Whether the present direction is proven for every machine: the gate stands where it was ordered, this look listed
 * all machines, each of them has a restart that is proven, and none that has one is merely missing. What is absent holds
 * up the end of a right, and nothing else. The definition of `effective` and of a complete revocation in docs/enforcement.md.
 */
export function isProven(situation: Situation): boolean {
  const aim = presentAim(situation);
  if (aim === null || !situation.listedInFull) return false;
  const restarts = presentRestarts(situation);
  const byVmId = new Map(restarts.map((restart) => [restart.vmId, restart]));
  const everyMachineHasOne = situation.machines.every((machine) => byVmId.has(machine.vmId));
  if (!everyMachineHasOne) return false;
  const machines = machinesById(situation);
  const isSeenOrAway = ({ vmId }: Restart) => {
    if (situation.goneVmIds.has(vmId) || situation.seenVmIds.has(vmId)) return true;
    const machine = machines.get(vmId);
    return machine !== undefined && isProvenAway(machine, aim.direction, situation.gate);
  };
  return restarts.every(
    (restart) =>
      restart.state === 'gone' ||
      (restart.state === 'absent' && aim.direction === 'enable') ||
      (provenStates.includes(restart.state) && isSeenOrAway(restart)),
  );
}
