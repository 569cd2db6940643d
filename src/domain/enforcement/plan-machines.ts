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
 * and fence. Only a complete listing plans; and in an effective exemption only what needs nothing is added, because
 * all later machines of the subscription are exempt by themselves (docs/policy.md).
 */
export function planMissing(situation: Situation): readonly Planned[] {
  const aim = presentAim(situation);
  if (aim === null || !situation.listedInFull) return [];
  const planned = new Set(presentRestarts(situation).map((restart) => restart.vmId));
  // One of our cycles of an earlier plan finishes under its own direction, then the evidence speaks. But a machine that
  // is seen without a host under the present gate is proven already, whatever still waits to start it.
  const inFlight = new Set(situation.restarts.filter(isInFlight).map((restart) => restart.vmId));
  return situation.machines
    .filter((machine) => !planned.has(machine.vmId) && situation.seenVmIds.has(machine.vmId))
    .filter((machine) => !inFlight.has(machine.vmId) || restsUnder(machine, situation.gate))
    .map((machine) => planOf(situation, machine))
    .filter((plan) => situation.exemption.state !== 'effective' || plan.as === 'created-after');
}

function planOf({ exemption, gate }: Situation, machine: Machine): Planned {
  const as = planAs(machine, gate);
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
    resourceId: machine.resourceId,
    name: machine.name,
    found: foundAs(machine),
    blocker: as === 'blocked' ? cannotDeallocate(direction) : null,
  };
}

function planAs(machine: Machine, gate: Situation['gate']): Planned['as'] {
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
function isCreatedAfter(machine: Machine, gate: Situation['gate']): boolean {
  if (gate.movedAt === null || machine.timeCreated === null || machine.carriesFence !== gate.fence)
    return false;
  return Date.parse(machine.timeCreated) >= Date.parse(gate.movedAt);
}
