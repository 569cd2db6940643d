import type { ArmAnswer, ArmCall } from './arm-answer.js';
import type { EmulatedSubscription } from './cloud.js';
import { ArmError } from './errors.js';
import { presentMachine, statusesOf, type EmulatedMachine, type PowerAction } from './machine.js';
import { operationHeaders } from './operation-routes.js';
import type { World } from './world.js';

const actions: readonly string[] = ['deallocate', 'start', 'powerOff', 'restart', 'redeploy', 'reapply'];

function hasPowerState(world: World, call: ArmCall, machine: EmulatedMachine): boolean {
  return world.faults.take(['no-power-state'], call.method, call.path, machine.name) === undefined;
}

/** GET (with or without its instance view), PUT, PATCH and DELETE of one machine. */
export function machineRoute(
  world: World,
  call: ArmCall,
  subscriptionId: string,
  group: string,
  name: string,
): ArmAnswer {
  const subscription = world.cloud.subscription(subscriptionId);
  if (call.method === 'PUT') {
    const { created, machine } = world.cloud.putMachine(subscription, group, name, call.body as object);
    return { status: created ? 201 : 200, body: presentMachine(machine, null) };
  }
  const machine = world.cloud.machine(subscription, group, name);
  world.operations.settle(machine);
  if (call.method === 'DELETE') return begin(world, call, subscription, machine, 'delete');
  if (call.method !== 'GET') throw notAllowed(call);
  const settled = world.cloud.machine(subscription, group, name);
  const expand = call.query.get('$expand')?.toLowerCase() === 'instanceview';
  const region = settled.location;
  const remaining = world.throttle.take('instanceView', subscription.id, region, settled.name);
  const view = expand ? statusesOf(settled, hasPowerState(world, call, settled)) : null;
  return {
    status: 200,
    body: presentMachine(settled, view),
    headers: { 'x-ms-ratelimit-remaining-resource': remaining },
  };
}

export function instanceViewRoute(
  world: World,
  call: ArmCall,
  subscriptionId: string,
  group: string,
  name: string,
): ArmAnswer {
  const subscription = world.cloud.subscription(subscriptionId);
  const machine = world.cloud.machine(subscription, group, name);
  world.operations.settle(machine);
  const remaining = world.throttle.take('instanceView', subscription.id, machine.location, machine.name);
  const statuses = statusesOf(machine, hasPowerState(world, call, machine));
  return {
    status: 200,
    body: { vmAgent: { statuses: [] }, statuses },
    headers: { 'x-ms-ratelimit-remaining-resource': remaining },
  };
}

/** POST deallocate, start, powerOff, restart, redeploy, reapply: 202, an empty body, and an operation to follow. */
export function powerRoute(
  world: World,
  call: ArmCall,
  subscriptionId: string,
  group: string,
  name: string,
  action: string,
): ArmAnswer {
  const known = actions.find((one) => one.toLowerCase() === action.toLowerCase());
  if (known === undefined || call.method !== 'POST') throw notAllowed(call);
  const subscription = world.cloud.subscription(subscriptionId);
  const machine = world.cloud.machine(subscription, group, name);
  return begin(world, call, subscription, machine, known as PowerAction);
}

function begin(
  world: World,
  call: ArmCall,
  subscription: EmulatedSubscription,
  machine: EmulatedMachine,
  action: PowerAction,
): ArmAnswer {
  const take = (
    kind:
      | 'operation-endless'
      | 'operation-fails'
      | 'operation-gone'
      | 'operation-elsewhere'
      | 'accept-then-reset',
  ) => world.faults.take([kind], call.method, call.path, machine.name);
  const bucket = action === 'deallocate' || action === 'start' ? action : 'write';
  const remaining = world.throttle.take(bucket, subscription.id, machine.location, machine.name);
  const operation = world.operations.begin(subscription, machine, action, {
    endless: take('operation-endless') !== undefined,
    failsWith: failureOf(take('operation-fails')),
    forgotten: take('operation-gone') !== undefined,
  });
  const origin =
    take('operation-elsewhere') === undefined ? call.origin : 'http://operations.elsewhere.invalid';
  const headers = { ...operationHeaders(operation, origin), 'x-ms-ratelimit-remaining-resource': remaining };
  return {
    status: 202,
    headers,
    ...(take('accept-then-reset') === undefined ? {} : { spoil: 'reset' as const }),
  };
}

function failureOf(fault: { readonly code?: string } | undefined): string | null {
  return fault === undefined ? null : (fault.code ?? 'AllocationFailed');
}

/** The listing of a subscription or a resource group, whole or with power states only, in pages. */
export function listRoute(
  world: World,
  call: ArmCall,
  subscriptionId: string,
  group: string | null,
): ArmAnswer {
  const subscription = world.cloud.subscription(subscriptionId);
  const remaining = world.throttle.take('list', subscription.id, 'global', '');
  const headers = { 'x-ms-ratelimit-remaining-resource': remaining };
  const path = call.path;
  if (world.faults.take(['empty-list'], call.method, path, null) !== undefined)
    return { status: 200, body: { value: [] }, headers };
  const offset = Number(call.query.get('$skiptoken') ?? 0);
  if (offset > 0 && world.faults.take(['partial-list'], call.method, path, null) !== undefined) {
    throw new ArmError(500, 'InternalServerError', 'The page could not be read.');
  }
  const all = [...subscription.machines.values()];
  for (const machine of all) world.operations.settle(machine);
  const present = [...subscription.machines.values()].filter(
    (machine) => group === null || machine.resourceGroup.toLowerCase() === group.toLowerCase(),
  );
  const statusOnly = call.query.get('statusOnly') === 'true';
  const page = present.slice(offset, offset + world.pageSize);
  const value = page
    .filter((machine) => world.faults.take(['vanish'], call.method, path, machine.name) === undefined)
    .map((machine) =>
      statusOnly
        ? powerOnly(machine, statusesOf(machine, hasPowerState(world, call, machine)))
        : presentMachine(machine, null),
    );
  const isLast = offset + world.pageSize >= present.length;
  return {
    status: 200,
    headers,
    body: isLast ? { value } : { value, nextLink: nextLink(call, offset + world.pageSize) },
  };
}

function powerOnly(machine: EmulatedMachine, statuses: readonly Record<string, string>[]): object {
  const { name, id, location, vmId } = machine;
  return {
    name,
    id,
    type: 'Microsoft.Compute/virtualMachines',
    location,
    properties: { vmId, instanceView: { statuses } },
  };
}

function nextLink(call: ArmCall, offset: number): string {
  const query = new URLSearchParams(call.query);
  query.set('$skiptoken', String(offset));
  return `${call.origin}${call.path}?${query.toString()}`;
}

export function notAllowed(call: ArmCall): ArmError {
  return new ArmError(405, 'MethodNotAllowed', `The method ${call.method} is not supported here.`);
}
