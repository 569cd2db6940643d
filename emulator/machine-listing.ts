import type { ArmAnswer, ArmCall } from './arm-answer.js';
import { firstAfter } from './cloud.js';
import { isListed, isToldEmpty } from './listing-faults.js';
import { presentMachine, statusesOf, type EmulatedMachine } from './machine.js';
import { hasPowerState } from './machine-routes.js';
import { nextLinkOf, skipTokenOf } from './page.js';
import type { EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

/** The listing of a subscription or a resource group, whole or with power states only, in pages. */
export function listRoute(world: World, call: ArmCall, subscriptionId: string, group: string): ArmAnswer {
  const subscription = world.cloud.subscription(subscriptionId);
  if (group !== '') world.cloud.groupName(subscription, group);
  const remaining = world.throttle.take('list', subscription.id, 'global', '');
  const headers = { 'x-ms-ratelimit-remaining-resource': remaining };
  if (isToldEmpty(world, call)) return { status: 200, body: { value: [] }, headers };
  const after = skipTokenOf(call);
  const { page, last } = pageOf(world, subscription, group, after);
  const value = page
    .filter((machine) => isListed(world, call, machine))
    .map((machine) => presentListed(world, call, machine));
  const body = last === null ? { value } : { value, nextLink: nextLinkOf(call, String(last)) };
  return { status: 200, body, headers };
}

/**
 * One page, settled. It continues after the sequence of the last machine of the page before, so that deletions skip
 * nobody; `last` is what the next one continues after, null where there is none.
 */
function pageOf(
  world: World,
  subscription: EmulatedSubscription,
  group: string,
  after: number,
): { readonly page: readonly EmulatedMachine[]; readonly last: number | null } {
  const { inOrder } = subscription;
  const found: EmulatedMachine[] = [];
  let index = firstAfter(inOrder, after);
  for (let machine = inOrder[index]; machine !== undefined; machine = inOrder[index]) {
    world.operations.settle(machine);
    if (inOrder[index] !== machine) continue; // its delete has ended: the next one stands in its place
    index += 1;
    if (group !== '' && machine.resourceGroup.toLowerCase() !== group.toLowerCase()) continue;
    if (found.length === world.pageSize) return { page: found, last: found.at(-1)?.sequence ?? null };
    found.push(machine);
  }
  return { page: found, last: null };
}

function presentListed(world: World, call: ArmCall, machine: EmulatedMachine): object {
  const statusOnly = call.query.get('statusOnly')?.toLowerCase() === 'true';
  const expand = call.query.get('$expand')?.toLowerCase() === 'instanceview';
  if (!statusOnly && !expand) return presentMachine(machine, null);
  const statuses = statusesOf(machine, hasPowerState(world, call, machine));
  if (!statusOnly) return presentMachine(machine, statuses);
  const { name, id, location, vmId } = machine;
  const properties = { vmId, instanceView: { statuses } };
  return { name, id, type: 'Microsoft.Compute/virtualMachines', location, properties };
}
