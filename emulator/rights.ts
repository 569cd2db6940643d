import type { ArmCall } from './arm-answer.js';
import type { ArmKind, ArmTarget } from './arm-path.js';
import { ArmError } from './errors.js';
import { isWithin } from './locks.js';

/** Something that is not allowed, at a scope and below it: `Microsoft.Compute/virtualMachines/start/action`, or with stars. */
export interface Denial {
  readonly action: string;
  readonly scope: string;
}

const typeOf: Readonly<Record<ArmKind, string>> = {
  subscription: 'Microsoft.Resources/subscriptions',
  tags: 'Microsoft.Resources/tags',
  group: 'Microsoft.Resources/subscriptions/resourceGroups',
  move: 'Microsoft.Resources/subscriptions/resourceGroups',
  machines: 'Microsoft.Compute/virtualMachines',
  machine: 'Microsoft.Compute/virtualMachines',
  'instance-view': 'Microsoft.Compute/virtualMachines',
  power: 'Microsoft.Compute/virtualMachines',
  'scale-sets': 'Microsoft.Compute/virtualMachineScaleSets',
  'scale-set': 'Microsoft.Compute/virtualMachineScaleSets',
  'scale-set-power': 'Microsoft.Compute/virtualMachineScaleSets',
  instances: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines',
  'availability-set': 'Microsoft.Compute/availabilitySets',
  interfaces: 'Microsoft.Network/networkInterfaces',
  interface: 'Microsoft.Network/networkInterfaces',
  addresses: 'Microsoft.Network/publicIPAddresses',
  address: 'Microsoft.Network/publicIPAddresses',
  operation: 'Microsoft.Compute/locations/operations',
  'operation-result': 'Microsoft.Compute/locations/operations',
  'activity-log': 'Microsoft.Insights/eventtypes/values',
  locks: 'Microsoft.Authorization/locks',
  lock: 'Microsoft.Authorization/locks',
};

/** The type of the resource that a path is about, as rights, the activity log and Event Grid name it. */
export function resourceTypeOf({ kind, scaleSet }: ArmTarget): string {
  const isInstance = scaleSet !== '' && ['machine', 'instance-view', 'power'].includes(kind);
  return isInstance ? 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines' : typeOf[kind];
}

/** What a call does, as rights and records name it: `read`, `write`, `delete`, or an action such as `deallocate`. */
export function verbOf({ kind, action }: ArmTarget, method: string): string {
  if (kind === 'instance-view') return 'instanceView/read';
  if (method === 'GET') return 'read';
  if (method === 'DELETE') return 'delete';
  if (method !== 'POST') return 'write';
  return kind === 'move' ? 'moveResources' : action;
}

/** The right that a call needs. */
export function rightFor(target: ArmTarget, method: string): string {
  const verb = verbOf(target, method);
  const isAction = method === 'POST' && !verb.endsWith('/read');
  return `${resourceTypeOf(target)}/${verb}${isAction ? '/action' : ''}`;
}

/** The resource that a path is about. */
export function resourceIdIn({ kind, action, scope }: ArmTarget, path: string): string {
  if (kind === 'locks' || kind === 'lock') return scope;
  const id = path.replace(/\/$/, '');
  const isAction = kind === 'power' || kind === 'scale-set-power';
  const last = kind === 'instance-view' ? 'instanceView' : isAction ? action : '';
  return last === '' ? id : id.slice(0, -last.length - 1);
}

/** Throws `AuthorizationFailed`, the action named, where it is denied at the scope of the call or above it. */
export function refuseDenied(denials: readonly Denial[], call: ArmCall, target: ArmTarget): void {
  if (denials.length === 0) return;
  const right = rightFor(target, call.method);
  const scope = resourceIdIn(target, call.path);
  if (!isDenied(denials, right, scope)) return;
  throw new ArmError(
    403,
    'AuthorizationFailed',
    `The client '${call.caller}' with object id '${call.caller}' does not have authorization to perform action '${right}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

/** Whether a right is denied at a scope, or above it. */
export function isDenied(denials: readonly Denial[], right: string, scope: string): boolean {
  return denials.some((one) => covers(one.action, right) && isWithin(scope, one.scope));
}

function covers(pattern: string, right: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
  return new RegExp(`^${source}$`, 'i').test(right);
}
