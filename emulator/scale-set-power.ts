import type { ArmAnswer, ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import { acceptedAnswer, beginTwisted } from './begin-operation.js';
import { ArmError, conflict, notAllowed } from './errors.js';
import type { EmulatedMachine } from './machine.js';
import { actionCalled } from './machine-routes.js';
import { causeOf } from './record-call.js';
import { findScaleSet, membersOf } from './scale-set-instances.js';
import type { EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

const resourceType = 'Microsoft.Compute/virtualMachineScaleSets';

/**
 * POST deallocate, start, powerOff, restart and so on of a whole scale set, or of the `instanceIds` in the body. One
 * operation to follow, told once, under the id of the set: which machines it was about stands in no record.
 */
export function scaleSetPowerRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  const action = actionCalled(target.action);
  if (action === undefined || call.method !== 'POST') throw notAllowed(call);
  const subscription = world.cloud.subscription(target.subscriptionId);
  const set = findScaleSet(world.cloud, subscription, target.group, target.scaleSet);
  const [last, ...others] = [...wanted(world, subscription, call, target)].reverse();
  if (last === undefined) throw new ArmError(409, 'OperationNotAllowed', 'The scale set has no instances.');
  const bucket = action === 'start' ? 'startInstance' : 'deallocateInstance';
  const remaining = world.throttle.take(bucket, subscription.id, set.location, set.id);
  const order = (machine: EmulatedMachine) => ({
    subscription,
    machine,
    action,
    hibernates: false,
    cause: causeOf(call),
    toldAs: machine === last ? { resourceId: set.id, resourceType } : null,
  });
  for (const machine of others) beginTwisted(world, call, order(machine));
  return acceptedAnswer(world, call, beginTwisted(world, call, order(last)), remaining);
}

/** Throws before anything is begun where one of the machines has something under way. */
function wanted(
  world: World,
  subscription: EmulatedSubscription,
  call: ArmCall,
  { group, scaleSet }: ArmTarget,
): readonly EmulatedMachine[] {
  const set = findScaleSet(world.cloud, subscription, group, scaleSet);
  const { instanceIds = ['*'] } = (call.body ?? {}) as { readonly instanceIds?: readonly string[] };
  const isMeant = ({ instanceId, name }: EmulatedMachine) =>
    instanceIds.includes('*') || instanceIds.includes(instanceId ?? name);
  for (const machine of [...membersOf(subscription, set)]) world.operations.settle(machine);
  const machines = membersOf(subscription, set).filter(isMeant);
  if (machines.some(({ pendingOperationId }) => pendingOperationId !== null)) throw conflict();
  return machines;
}
