import { z } from 'zod';
import type { ArmAnswer, ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import { ArmError, conflict, notAllowed } from './errors.js';
import type { EmulatedMachine } from './machine.js';
import { parseBody } from './parse-body.js';
import { refuseLocked } from './locks.js';
import { createdRecord, recordWrite } from './record-call.js';
import { resourceTypeOf } from './rights.js';
import type { EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

const moveOrder = z.object({ resources: z.array(z.string()).min(1), targetResourceGroup: z.string() });
const groupForm = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/?$/i;

/**
 * `POST …/resourceGroups/{group}/moveResources` (2021-04-01), machines only: to another group, or another subscription.
 * What is moved keeps its vmId, its host and what it carries, and has another id. Done within the call, where the real
 * cloud takes minutes.
 */
export function moveRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  if (call.method !== 'POST') throw notAllowed(call);
  const source = world.cloud.subscription(target.subscriptionId);
  const { resources, targetResourceGroup } = parseBody(moveOrder, call.body);
  const [, subscriptionId = '', group = ''] = groupForm.exec(targetResourceGroup) ?? [];
  if (group === '') throw new ArmError(400, 'InvalidResourceGroup', 'The target resource group is invalid.');
  const destination = world.cloud.subscription(subscriptionId);
  const groupName = world.cloud.groupFor(destination, group, 'westeurope');
  const machines = resources.map((id) => {
    const machine = world.cloud.machine(source, target.group, id.split('/').at(-1) ?? '');
    world.operations.settle(machine);
    if (machine.pendingOperationId !== null) throw conflict();
    return machine;
  });
  refuseTornSets(source, machines);
  refuseLocked(destination.locks, 'POST', targetResourceGroup);
  const moved = machines.map((machine) => move(world, machine, source, { destination, groupName }));
  record(world, call, target, { source, destination, moved });
  return { status: 200 };
}

/**
 * "Virtual machines in an availability set can't be moved individually"
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/move-limitations/virtual-machines-move-limitations).
 */
function refuseTornSets(source: EmulatedSubscription, machines: readonly EmulatedMachine[]): void {
  const sets = new Set(machines.map(availabilitySetOf).filter((id) => id !== ''));
  const left = source.inOrder.find(
    (machine) => sets.has(availabilitySetOf(machine)) && !machines.includes(machine),
  );
  if (left === undefined) return;
  const message = `The resource '${left.id}' is in the same availability set and has to be moved together with the others.`;
  throw new ArmError(409, 'ResourceMoveProviderValidationFailed', message);
}

function availabilitySetOf({ given }: EmulatedMachine): string {
  const { id = '' } = (given.availabilitySet ?? {}) as { readonly id?: string };
  return id.toLowerCase();
}

interface Moved {
  readonly source: EmulatedSubscription;
  readonly destination: EmulatedSubscription;
  readonly moved: readonly EmulatedMachine[];
}

/** The move stands in the log of where it was moved from; what the other one tells is a manner of the log. */
function record(world: World, call: ArmCall, target: ArmTarget, { source, destination, moved }: Moved): void {
  const resourceId = `/subscriptions/${source.id}/resourceGroups/${target.group}`;
  const told = { resourceId, resourceType: resourceTypeOf(target), status: 200, action: 'moveResources' };
  recordWrite(world, call, source, told);
  const { destinationTells = 'nothing' } = world.activityLog.manners;
  if (source.id === destination.id || destinationTells === 'nothing') return;
  if (destinationTells === 'move') recordWrite(world, call, destination, told);
  else for (const machine of moved) recordWrite(world, call, destination, createdRecord(machine));
}

function move(
  { cloud }: World,
  machine: EmulatedMachine,
  source: EmulatedSubscription,
  { destination, groupName }: { readonly destination: EmulatedSubscription; readonly groupName: string },
): EmulatedMachine {
  const { carried, name } = machine;
  cloud.removeMachine(source, machine);
  const id = `/subscriptions/${destination.id}/resourceGroups/${groupName}/providers/${machine.type}/${name}`;
  const sequence = cloud.nextSequence();
  const moved = { ...machine, id, carried, sequence, resourceGroup: groupName };
  cloud.addMachine(destination, moved);
  return moved;
}
