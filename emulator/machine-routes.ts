import { faultSubject, type ArmAnswer, type ArmCall } from './arm-answer.js';
import type { MachineBody } from './cloud.js';
import { ArmError } from './errors.js';
import type { FaultKind } from './faults.js';
import { presentMachine, statusesOf, type EmulatedMachine, type PowerAction } from './machine.js';
import { operationHeaders } from './operation-routes.js';
import type { ThrottledCall } from './throttle.js';
import type { EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

const actions: readonly string[] = [
  'deallocate',
  'start',
  'powerOff',
  'restart',
  'redeploy',
  'reapply',
  'reimage',
];

/** The machine that a path names. */
export interface MachineTarget {
  readonly subscriptionId: string;
  readonly group: string;
  readonly name: string;
}

interface Found {
  readonly subscription: EmulatedSubscription;
  readonly machine: EmulatedMachine;
}

/** A machine as it is by now; ARM's 404 for one whose delete has ended. */
function find(world: World, { subscriptionId, group, name }: MachineTarget): Found {
  const subscription = world.cloud.subscription(subscriptionId);
  world.operations.settle(world.cloud.machine(subscription, group, name));
  return { subscription, machine: world.cloud.machine(subscription, group, name) };
}

/** Whether a status answer of a machine tells its power state: a fault may leave it out. */
export function hasPowerState(world: World, call: ArmCall, machine: EmulatedMachine): boolean {
  return world.faults.take(['no-power-state'], faultSubject(call, machine.name)) === undefined;
}

/** GET (with or without its instance view), PUT and DELETE of one machine. */
export function machineRoute(world: World, call: ArmCall, target: MachineTarget): ArmAnswer {
  if (call.method === 'PUT') return putRoute(world, call, target);
  if (call.method === 'DELETE') return begin(world, call, find(world, target), 'delete');
  if (call.method !== 'GET') throw notAllowed(call);
  const { subscription, machine } = find(world, target);
  const remaining = world.throttle.take('instanceView', subscription.id, machine.location, machine.name);
  const expand = call.query.get('$expand')?.toLowerCase() === 'instanceview';
  const view = expand ? statusesOf(machine, hasPowerState(world, call, machine)) : null;
  const headers = { 'x-ms-ratelimit-remaining-resource': remaining };
  return { status: 200, body: presentMachine(machine, view), headers };
}

function putRoute(world: World, call: ArmCall, { subscriptionId, group, name }: MachineTarget): ArmAnswer {
  const subscription = world.cloud.subscription(subscriptionId);
  const known = world.cloud.findMachine(subscription, group, name);
  if (known !== undefined) world.operations.settle(known);
  const body = (call.body ?? {}) as MachineBody;
  const { created, machine } = world.cloud.putMachine(subscription, group, name, body);
  return { status: created ? 201 : 200, body: presentMachine(machine, null) };
}

export function instanceViewRoute(world: World, call: ArmCall, target: MachineTarget): ArmAnswer {
  if (call.method !== 'GET') throw notAllowed(call);
  const { subscription, machine } = find(world, target);
  const remaining = world.throttle.take('instanceView', subscription.id, machine.location, machine.name);
  const statuses = statusesOf(machine, hasPowerState(world, call, machine));
  const headers = { 'x-ms-ratelimit-remaining-resource': remaining };
  return { status: 200, body: { vmAgent: { statuses: [] }, statuses }, headers };
}

/** POST deallocate, start, powerOff, restart, redeploy, reapply, reimage: 202, an empty body, an operation to follow. */
export function powerRoute(
  world: World,
  call: ArmCall,
  target: MachineTarget & { readonly action: string },
): ArmAnswer {
  const known = actions.find((one) => one.toLowerCase() === target.action.toLowerCase());
  if (known === undefined || call.method !== 'POST') throw notAllowed(call);
  return begin(world, call, find(world, target), known as PowerAction);
}

const bucketOf: Partial<Record<PowerAction, ThrottledCall>> = {
  deallocate: 'deallocate',
  start: 'start',
  delete: 'delete',
};

/** Begins an operation. Faults are taken after the refusals: a refused call uses none of them up. */
function begin(
  world: World,
  call: ArmCall,
  { subscription, machine }: Found,
  action: PowerAction,
): ArmAnswer {
  const bucket = bucketOf[action] ?? 'update';
  const remaining = world.throttle.take(bucket, subscription.id, machine.location, machine.name);
  const take = (kind: FaultKind) => world.faults.take([kind], faultSubject(call, machine.name));
  const operation = world.operations.begin(subscription, machine, action, () => {
    const fails = take('operation-fails');
    const fallback = action === 'start' ? 'AllocationFailed' : 'InternalExecutionError';
    return {
      heldBy: take('operation-endless')?.id ?? null,
      failsWith: fails === undefined ? null : (fails.code ?? fallback),
      forgotten: take('operation-gone') !== undefined,
    };
  });
  const elsewhere = take('operation-elsewhere');
  const origin =
    elsewhere === undefined ? call.origin : (elsewhere.origin ?? 'https://operations.elsewhere.invalid');
  const headers = { ...operationHeaders(operation, origin), 'x-ms-ratelimit-remaining-resource': remaining };
  return { status: 202, headers };
}

export function notAllowed(call: ArmCall): ArmError {
  return new ArmError(405, 'MethodNotAllowed', `The method ${call.method} is not supported here.`);
}
