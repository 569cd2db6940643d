import { z } from 'zod';
import type { ArmAnswer, ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import { ArmError, conflict, notAllowed } from './errors.js';
import type { EmulatedMachine } from './machine.js';
import { parseBody } from './parse-body.js';
import { recordWrite } from './record-call.js';
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
  for (const machine of machines) move(world, machine, source, { destination, groupName });
  const resourceId = `/subscriptions/${source.id}/resourceGroups/${target.group}`;
  const resourceType = resourceTypeOf(target);
  recordWrite(world, call, source, { resourceId, resourceType, status: 200, action: 'moveResources' });
  return { status: 200 };
}

function move(
  { cloud }: World,
  machine: EmulatedMachine,
  source: EmulatedSubscription,
  { destination, groupName }: { readonly destination: EmulatedSubscription; readonly groupName: string },
): void {
  const { carried, name } = machine;
  cloud.removeMachine(source, machine);
  const id = `/subscriptions/${destination.id}/resourceGroups/${groupName}/providers/${machine.type}/${name}`;
  const sequence = cloud.nextSequence();
  cloud.addMachine(destination, { ...machine, id, carried, sequence, resourceGroup: groupName });
}
