import type { ArmAnswer, ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import { notAllowed, resourceGroupNotFound } from './errors.js';
import type { EmulatedSubscription, ResourceGroup } from './subscription.js';
import type { World } from './world.js';

/** GET and PUT of a resource group; DELETE takes it and its machines away at once. */
export function groupRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  const subscription = world.cloud.subscription(target.subscriptionId);
  const known = subscription.resourceGroups.get(target.group.toLowerCase());
  if (call.method === 'PUT') {
    const { location = 'westeurope' } = (call.body ?? {}) as { readonly location?: string };
    const group = known ?? { name: target.group, location };
    subscription.resourceGroups.set(target.group.toLowerCase(), group);
    return { status: known === undefined ? 201 : 200, body: presentGroup(subscription, group) };
  }
  if (known === undefined) throw resourceGroupNotFound(target.group);
  if (call.method === 'GET') return { status: 200, body: presentGroup(subscription, known) };
  if (call.method !== 'DELETE') throw notAllowed(call);
  world.cloud.removeGroup(subscription, known.name);
  return { status: 200 };
}

function presentGroup(subscription: EmulatedSubscription, group: ResourceGroup): object {
  const id = `/subscriptions/${subscription.id}/resourceGroups/${group.name}`;
  const type = 'Microsoft.Resources/resourceGroups';
  return { id, type, ...group, properties: { provisioningState: 'Succeeded' } };
}
