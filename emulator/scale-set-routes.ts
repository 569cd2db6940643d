import type { ArmAnswer, ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import { keyOf } from './cloud.js';
import { armTime, notAllowed } from './errors.js';
import { isListed, isToldEmpty } from './listing-faults.js';
import { presentMachine, statusesOf, type EmulatedMachine } from './machine.js';
import { hasPowerState } from './machine-routes.js';
import { pageOfItems } from './page.js';
import { createdRecord, recordWrite } from './record-call.js';
import { scaleSetIdOf, type ScaleSet } from './scale-set.js';
import { findScaleSet, membersOf, putScaleSet } from './scale-set-instances.js';
import type { EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

const type = 'Microsoft.Compute/virtualMachineScaleSets';

/** The scale sets of a subscription or a group, in pages. */
export function scaleSetsRoute(world: World, call: ArmCall, { subscriptionId, group }: ArmTarget): ArmAnswer {
  if (call.method !== 'GET') throw notAllowed(call);
  const subscription = world.cloud.subscription(subscriptionId);
  if (group !== '') world.cloud.groupName(subscription, group);
  const headers = {
    'x-ms-ratelimit-remaining-resource': world.throttle.take('list', subscription.id, 'global', ''),
  };
  if (isToldEmpty(world, call)) return { status: 200, body: { value: [] }, headers };
  const wanted = [...subscription.scaleSets.values()].filter(
    ({ resourceGroup }) => group === '' || resourceGroup.toLowerCase() === group.toLowerCase(),
  );
  const body = pageOfItems(call, world.pageSize, wanted, (set) => presentScaleSet(subscription, set));
  return { status: 200, body, headers };
}

/** GET, PUT (which may resize it) and DELETE of a scale set; its machines go with it. */
export function scaleSetRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  const subscription = world.cloud.subscription(target.subscriptionId);
  const { group, scaleSet } = target;
  if (call.method === 'PUT' || call.method === 'PATCH') {
    if (call.method === 'PATCH') findScaleSet(world.cloud, subscription, group, scaleSet);
    const before = new Set(subscription.inOrder);
    const { created, set } = putScaleSet(world.cloud, subscription, target, call.body ?? {});
    const status = created ? 201 : 200;
    // Members of a flexible set are machines of their own, and are logged as such.
    for (const machine of subscription.inOrder.filter((one) => !before.has(one)))
      recordWrite(world, call, subscription, createdRecord(machine));
    recordWrite(world, call, subscription, { resourceId: set.id, resourceType: type, status });
    return { status, body: presentScaleSet(subscription, set) };
  }
  const set = findScaleSet(world.cloud, subscription, group, scaleSet);
  if (call.method === 'GET') return { status: 200, body: presentScaleSet(subscription, set) };
  if (call.method !== 'DELETE') throw notAllowed(call);
  for (const machine of [...membersOf(subscription, set)]) world.cloud.removeMachine(subscription, machine);
  subscription.scaleSets.delete(keyOf(group, scaleSet));
  recordWrite(world, call, subscription, {
    resourceId: set.id,
    resourceType: type,
    status: 200,
    action: 'delete',
  });
  return { status: 200 };
}

/** The machines of a scale set, of a uniform one its instances, in pages; with their power states where asked. */
export function instancesRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  if (call.method !== 'GET') throw notAllowed(call);
  const subscription = world.cloud.subscription(target.subscriptionId);
  const set = findScaleSet(world.cloud, subscription, target.group, target.scaleSet);
  const remaining = world.throttle.take('list', subscription.id, 'global', '');
  const headers = { 'x-ms-ratelimit-remaining-resource': remaining };
  if (isToldEmpty(world, call)) return { status: 200, body: { value: [] }, headers };
  for (const machine of [...membersOf(subscription, set)]) world.operations.settle(machine);
  const listed = membersOf(subscription, set).filter((machine) => isListed(world, call, machine));
  const withView = call.query.get('$expand')?.toLowerCase() === 'instanceview';
  const body = pageOfItems(call, world.pageSize, listed, (machine) =>
    presentMember(world, call, machine, withView),
  );
  return { status: 200, body, headers };
}

/** A member of a flexible set is told by its name where an instance has its number. */
function presentMember(world: World, call: ArmCall, machine: EmulatedMachine, withView: boolean): object {
  const view = withView ? statusesOf(machine, hasPowerState(world, call, machine)) : null;
  const instanceId = machine.instanceId ?? machine.name;
  return { ...presentMachine(machine, view), instanceId };
}

function presentScaleSet(subscription: EmulatedSubscription, set: ScaleSet): object {
  const { id, name, location, zones, tags, given, mode, uniqueId, timeCreated, skuName } = set;
  const capacity =
    mode === 'Uniform'
      ? set.instances.length
      : subscription.inOrder.filter((machine) => scaleSetIdOf(machine) === id.toLowerCase()).length;
  return {
    id,
    name,
    type,
    location,
    ...(zones.length === 0 ? {} : { zones }),
    tags,
    sku: { name: skuName, tier: 'Standard', capacity },
    properties: {
      ...given,
      orchestrationMode: mode,
      provisioningState: 'Succeeded',
      uniqueId,
      timeCreated: armTime(timeCreated),
    },
  };
}
