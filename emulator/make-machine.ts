import { randomUUID } from 'node:crypto';
import { instanceType, machineType, type EmulatedMachine } from './machine.js';
import type { EmulatedSubscription } from './subscription.js';

/** What the creator of a machine sends. */
export interface MachineBody {
  readonly location?: string;
  readonly tags?: Record<string, string>;
  readonly zones?: readonly string[];
  readonly properties?: Record<string, unknown>;
}

/** Where a machine lies: in a group, or as an instance in a uniform scale set of it, then named by its number. */
export interface Place {
  readonly group: string;
  readonly name: string;
  readonly scaleSet: string | null;
}

/** A machine that has just been created: it runs, and carries the gate's present position. */
export function makeMachine(
  subscription: EmulatedSubscription,
  { group, name, scaleSet }: Place,
  body: MachineBody,
  { sequence, now }: { readonly sequence: number; readonly now: string },
): EmulatedMachine {
  const base = `/subscriptions/${subscription.id}/resourceGroups/${group}/providers/Microsoft.Compute`;
  const own = `${base}/virtualMachines/${name}`;
  const isInstance = scaleSet !== null;
  return {
    id: isInstance ? `${base}/virtualMachineScaleSets/${scaleSet}/virtualMachines/${name}` : own,
    type: isInstance ? instanceType : machineType,
    instanceId: isInstance ? name : null,
    sequence,
    name: isInstance ? `${scaleSet}_${name}` : name,
    resourceGroup: group,
    vmId: randomUUID(),
    timeCreated: now,
    location: body.location ?? 'westeurope',
    zones: body.zones ?? [],
    tags: body.tags ?? {},
    given: body.properties ?? {},
    powerState: 'running',
    hibernated: false,
    provisioningTime: now,
    failedWith: null,
    carried: subscription.gate,
    tookHostAt: now,
    tookHostUnder: { subscriptionId: subscription.id, fence: subscription.fence },
    pendingOperationId: null,
  };
}
