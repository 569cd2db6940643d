import type { Gate } from '../gate/gate.js';
import { movedElsewhereBlocker } from './absence.js';
import { foundAs } from './found-as.js';
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
 * nothing leaves a final state. Only a complete listing plans; and in an effective exemption a machine without a restart
 * is added only where it needs nothing, because all later machines are exempt by themselves (docs/policy.md).
 */
export function planMissing(situation: Situation): readonly Planned[] {
  const aim = presentAim(situation);
  if (aim === null || !situation.listedInFull) return [];
  const latest = new Map(presentRestarts(situation).map((restart) => [restart.vmId, restart]));
  // One of our cycles of an earlier plan finishes under its own direction, then the evidence speaks. But a machine that
  // is seen without a host under the present gate is proven already, whatever still waits to start it.
  const inFlight = new Set(situation.restarts.filter(isInFlight).map((restart) => restart.vmId));
  return situation.machines
    .filter(({ vmId }) => situation.seenVmIds.has(vmId) || isMovedUnplanned(situation, vmId, latest))
    .filter((machine) => isToPlan(latest.get(machine.vmId), machine, situation.gate))
    .filter((machine) => !inFlight.has(machine.vmId) || restsUnder(machine, situation.gate))
    .map((machine) => planOf(situation, machine, (latest.get(machine.vmId)?.round ?? 0) + 1))
    .filter(
      ({ as, round }) => situation.exemption.state !== 'effective' || as === 'created-after' || round > 1,
    );
}

/** It went before anybody planned it, and may live on elsewhere: it has a row, so that a human can say what became of it. */
function isMovedUnplanned(
  { movedAway }: Situation,
  vmId: string,
  latest: ReadonlyMap<string, Restart>,
): boolean {
  return movedAway.has(vmId) && !latest.has(vmId);
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
  { exemption, gate, movedAway }: Situation,
  machine: Machine,
  round: number,
): Planned & { readonly round: number } {
  const isMoved = movedAway.has(machine.vmId);
  const as = isMoved ? 'blocked' : planAs(machine, gate);
  const direction = gate.position === 'open' ? 'enable' : 'revoke';
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
    round,
    resourceId: machine.resourceId,
    name: machine.name,
    found: foundAs(machine),
    blocker: as === 'blocked' ? (isMoved ? movedElsewhereBlocker : cannotDeallocate)(direction) : null,
  };
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
function isCreatedAfter(machine: Machine, gate: Gate): boolean {
  if (gate.movedAt === null || machine.timeCreated === null || machine.carriesFence !== gate.fence)
    return false;
  return Date.parse(machine.timeCreated) >= Date.parse(gate.movedAt);
}
