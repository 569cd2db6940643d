import type { Exemption } from '../exemption/exemption.js';
import type { Gate } from '../gate/gate.js';
import { foundAs } from './found-as.js';
import { isHeldAbsent } from './held-absent.js';
import type { Machine } from './machine.js';
import { carriesPresentPosition, restsUnder } from './physics.js';
import type { Planned } from './restart-events.js';
import { isInFlight, type Blocker, type Direction, type Restart } from './restart.js';
import { presentAim, presentRestarts, type Situation } from './situation.js';
import { troubleWords } from './trouble-words.js';

function cannotDeallocate(direction: Direction): Blocker {
  const { next } = troubleWords('cannot-deallocate', direction);
  const what = 'Its system disk lives on the host (ephemeral OS disk), so it cannot be deallocated.';
  return { code: 'cannot-deallocate', message: `${what} ${next}` };
}

/**
 * The restarts that have to be planned: one for each machine of this look that has none under the present direction
 * and fence, and another one for each that was proven and, as the cloud's log told later, is not: in the next round, for
 * nothing leaves a final state. Only a complete listing plans, but for those that were gone and are here again. In an effective exemption a machine without a restart that
 * is not proven came in from elsewhere, or may have: it is planned as one that has to be proven after all.
 */
export function planMissing(situation: Situation): readonly Planned[] {
  const aim = presentAim(situation);
  if (aim === null) return [];
  const latest = new Map(presentRestarts(situation).map((restart) => [restart.vmId, restart]));
  // One of our cycles of an earlier plan finishes under its own direction, then the evidence speaks. But a machine that
  // is seen without a host under the present gate is proven already, whatever still waits to start it.
  const inFlight = new Set(situation.restarts.filter(isInFlight).map((restart) => restart.vmId));
  return situation.machines
    .filter((machine) => situation.seenVmIds.has(machine.vmId) || isHeldAbsent(machine, aim.direction))
    .filter(({ vmId }) => mayPlan(situation, vmId, latest.get(vmId)))
    .filter((machine) => isToPlan(latest.get(machine.vmId), machine, situation.gate))
    .filter((machine) => !inFlight.has(machine.vmId) || restsUnder(machine, situation.gate))
    .map((machine) => planOf(situation, machine, aim.direction, latest.get(machine.vmId)));
}

function mayPlan({ listedInFull, seenVmIds }: Situation, vmId: string, before: Restart | undefined): boolean {
  return before?.state === 'gone' ? seenVmIds.has(vmId) : listedInFull;
}

function isToPlan(before: Restart | undefined, machine: Machine, gate: Gate): boolean {
  return before === undefined || isOvertaken(before, machine, gate);
}

/**
 * It was through under this fence, and is not proven to carry the position, after all: a cycle that nobody saw, told of late,
 * or a start that found it running. A cycle of ours settles that for good, because what it shows is bound to this fence. Or
 * the machine was gone, and is here again: moved to another subscription, and back.
 */
function isOvertaken({ state }: Restart, machine: Machine, gate: Gate): boolean {
  if (state === 'gone') return true;
  const wasThrough = state === 'restarted' || state === 'created-after';
  if (!wasThrough || gate.appliesTo === 'running' || machine.host !== 'held') return false;
  return !carriesPresentPosition(machine, gate);
}

function planOf(
  { exemption, gate, absent }: Situation,
  machine: Machine,
  direction: Direction,
  before: Restart | undefined,
): Planned {
  const as = isHeldAbsent(machine, direction) ? 'absent' : planAs(machine, gate);
  return {
    type: 'planned',
    as,
    exemptionId: exemption.id,
    requestId: exemption.requestId,
    subscriptionId: exemption.subscriptionId,
    tenantId: exemption.tenantId,
    vmId: machine.vmId,
    direction,
    fence: gate.fence,
    round: roundOf(exemption, as, before),
    resourceId: machine.resourceId,
    name: machine.name,
    found: foundAs(machine),
    blocker: blockerOf(as, direction, absent.get(machine.vmId) ?? null),
  };
}

/** What has to be proven in an exemption that is effective has to be proven after all: it came later (I6). */
function roundOf({ state }: Exemption, as: Planned['as'], before: Restart | undefined): number {
  if (before !== undefined) return before.round + 1;
  return state === 'effective' && (as === 'waiting' || as === 'blocked') ? 2 : 1;
}

function blockerOf(as: Planned['as'], direction: Direction, absent: Blocker | null): Blocker | null {
  if (as === 'blocked') return cannotDeallocate(direction);
  return as === 'absent' ? absent : null;
}

function planAs(machine: Machine, gate: Gate): Planned['as'] {
  if (restsUnder(machine, gate)) return 'resting';
  if (carriesPresentPosition(machine, gate)) {
    return isCreatedAfter(machine, gate) ? 'created-after' : 'restarted';
  }
  return machine.ephemeralSystemDisk ? 'blocked' : 'waiting';
}

/** What a plan becomes, before it is written: admission looks at it as at any other. */
export function asRestart({ type: _type, as: state, blocker: _blocker, ...plan }: Planned): Restart {
  const notYet = { id: `planned ${plan.vmId}`, version: 0, blocker: null, stoppedByUs: false };
  return { round: 1, ...plan, ...notYet, state };
}

/** Created under the present fence: it carries the position from its first host on, and never needed a restart. */
export function isCreatedAfter(machine: Machine, gate: Gate): boolean {
  if (!machine.createdHere || gate.movedAt === null || machine.timeCreated === null) return false;
  if (machine.host !== 'held' || machine.carriesFence !== gate.fence) return false;
  return Date.parse(machine.timeCreated) >= Date.parse(gate.movedAt);
}
