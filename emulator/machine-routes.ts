import { faultSubject, type ArmAnswer, type ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import { ArmError, notAllowed } from './errors.js';
import { isSpot, presentMachine, statusesOf, type EmulatedMachine, type PowerAction } from './machine.js';
import type { MachineBody } from './make-machine.js';
import { acceptedAnswer, beginTwisted } from './begin-operation.js';
import { asItself } from './operations.js';
import { evict } from './platform.js';
import { causeOf, createdRecord, recordWrite } from './record-call.js';
import { findInstance } from './scale-set-instances.js';
import type { ThrottledCall } from './throttle.js';
import type { EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

const actions: readonly PowerAction[] = [
  'deallocate',
  'start',
  'powerOff',
  'restart',
  'redeploy',
  'reapply',
  'reimage',
];

/** The action that a path names, in any case; undefined where there is none of that name. */
export function actionCalled(name: string): PowerAction | undefined {
  return actions.find((one) => one.toLowerCase() === name.toLowerCase());
}

interface Found {
  readonly subscription: EmulatedSubscription;
  readonly machine: EmulatedMachine;
}

/** A machine or an instance as it is by now; ARM's 404 for one whose delete has ended. */
function find(world: World, target: ArmTarget): Found {
  const subscription = world.cloud.subscription(target.subscriptionId);
  world.operations.settle(look(world, subscription, target));
  return { subscription, machine: look(world, subscription, target) };
}

function look({ cloud }: World, subscription: EmulatedSubscription, target: ArmTarget): EmulatedMachine {
  const { group, scaleSet, name } = target;
  return scaleSet === ''
    ? cloud.machine(subscription, group, name)
    : findInstance(cloud, subscription, target);
}

/** Whether a status answer of a machine tells its power state: a fault may leave it out. */
export function hasPowerState(world: World, call: ArmCall, machine: EmulatedMachine): boolean {
  return world.faults.take(['no-power-state'], faultSubject(call, machine.name)) === undefined;
}

/** GET (with or without its instance view), PUT and DELETE of one machine or instance. */
export function machineRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  if (call.method === 'PUT' && target.scaleSet === '') return putRoute(world, call, target);
  if (call.method === 'DELETE') return begin(world, call, find(world, target), 'delete');
  if (call.method !== 'GET') throw notAllowed(call);
  const { subscription, machine } = find(world, target);
  const remaining = world.throttle.take('instanceView', subscription.id, machine.location, machine.id);
  const expand = call.query.get('$expand')?.toLowerCase() === 'instanceview';
  const view = expand ? statusesOf(machine, hasPowerState(world, call, machine)) : null;
  const headers = { 'x-ms-ratelimit-remaining-resource': remaining };
  return { status: 200, body: presentMachine(machine, view), headers };
}

function putRoute(world: World, call: ArmCall, { subscriptionId, group, name }: ArmTarget): ArmAnswer {
  const subscription = world.cloud.subscription(subscriptionId);
  const known = world.cloud.findMachine(subscription, group, name);
  if (known !== undefined) world.operations.settle(known);
  const body = (call.body ?? {}) as MachineBody;
  const { created, machine } = world.cloud.putMachine(subscription, group, name, body);
  const status = created ? 201 : 200;
  recordWrite(world, call, subscription, { ...createdRecord(machine), status });
  return { status, body: presentMachine(machine, null) };
}

export function instanceViewRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  if (call.method !== 'GET') throw notAllowed(call);
  const { subscription, machine } = find(world, target);
  const remaining = world.throttle.take('instanceView', subscription.id, machine.location, machine.id);
  const statuses = statusesOf(machine, hasPowerState(world, call, machine));
  const headers = { 'x-ms-ratelimit-remaining-resource': remaining };
  return { status: 200, body: { vmAgent: { statuses: [] }, statuses }, headers };
}

/**
 * POST deallocate (`hibernate=true` keeps the memory), start, powerOff, restart, redeploy, reapply, reimage: 202, an
 * empty body, an operation to follow. POST simulateEviction: 204, and the platform takes a spot machine's host.
 */
export function powerRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  const action = target.action.toLowerCase();
  if (action === 'simulateeviction' && call.method === 'POST') {
    const { subscription, machine } = find(world, target);
    if (!isSpot(machine))
      throw new ArmError(409, 'OperationNotAllowed', `'${machine.name}' is no spot machine.`);
    evict(world, subscription, machine);
    return { status: 204 };
  }
  const known = actionCalled(action);
  if (known === undefined || call.method !== 'POST') throw notAllowed(call);
  return begin(world, call, find(world, target), known);
}

const bucketOf: Partial<Record<PowerAction, ThrottledCall>> = {
  deallocate: 'deallocate',
  start: 'start',
  delete: 'delete',
};

const instanceBucketOf: Partial<Record<PowerAction, ThrottledCall>> = {
  deallocate: 'deallocateInstance',
  start: 'startInstance',
};

function takeToken(world: World, { subscription, machine }: Found, action: PowerAction): string {
  const ordinary = bucketOf[action] ?? 'update';
  const bucket = machine.instanceId === null ? ordinary : (instanceBucketOf[action] ?? ordinary);
  return world.throttle.take(bucket, subscription.id, machine.location, machine.id);
}

function begin(world: World, call: ArmCall, found: Found, action: PowerAction): ArmAnswer {
  const { subscription, machine } = found;
  const remaining = takeToken(world, found, action);
  const hibernates = action === 'deallocate' && call.query.get('hibernate')?.toLowerCase() === 'true';
  const toldAs = asItself(machine);
  const order = { subscription, machine, action, hibernates, cause: causeOf(call), toldAs };
  const operation = beginTwisted(world, call, order);
  return acceptedAnswer(world, call, operation, remaining);
}
