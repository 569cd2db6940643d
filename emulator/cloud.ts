import { randomUUID } from 'node:crypto';
import type { EmulatorClock } from './clock.js';
import { resourceGroupNotFound, resourceNotFound, subscriptionNotFound } from './errors.js';
import type { EmulatedMachine } from './machine.js';
import type { EmulatedSubscription } from './subscription.js';

/** What the creator of a machine sends. */
export interface MachineBody {
  readonly location?: string;
  readonly tags?: Record<string, string>;
  readonly properties?: Record<string, unknown>;
}

/** The state of the emulated cloud, in memory: subscriptions, their gates and their machines. */
export class Cloud {
  private readonly subscriptions = new Map<string, EmulatedSubscription>();
  private machinesMade = 0;

  constructor(readonly clock: EmulatorClock) {}

  reset(): void {
    this.subscriptions.clear();
  }

  /** Throws ARM's 404 where there is none. */
  subscription(id: string): EmulatedSubscription {
    const found = this.subscriptions.get(id.toLowerCase());
    if (found === undefined) throw subscriptionNotFound(id);
    return found;
  }

  putSubscription(
    id: string,
    facts: Partial<EmulatedSubscription>,
  ): { readonly created: boolean; readonly subscription: EmulatedSubscription } {
    const known = this.subscriptions.get(id.toLowerCase());
    if (known !== undefined) return { created: false, subscription: Object.assign(known, facts) };
    const subscription: EmulatedSubscription = {
      displayName: id,
      tenantId: '00000000-0000-4000-8000-000000000003',
      state: 'Enabled',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
      tags: {},
      managedByTenants: [],
      ...facts,
      id: id.toLowerCase(),
      gate: 'closed',
      fence: 0,
      movedAt: null,
      appliesTo: 'next-start',
      resourceGroups: new Map(),
      machines: new Map(),
      inOrder: [],
    };
    this.subscriptions.set(subscription.id, subscription);
    return { created: true, subscription };
  }

  findMachine(subscription: EmulatedSubscription, group: string, name: string): EmulatedMachine | undefined {
    return subscription.machines.get(machineKey(group, name));
  }

  machine(subscription: EmulatedSubscription, group: string, name: string): EmulatedMachine {
    if (!subscription.resourceGroups.has(group.toLowerCase())) throw resourceGroupNotFound(group);
    const found = this.findMachine(subscription, group, name);
    if (found === undefined) throw resourceNotFound(name, group);
    return found;
  }

  /**
   * A new machine runs at once and carries the gate's present position: it takes its host when it is created. A known
   * one keeps its identity and its host, and takes the tags and properties that are given.
   */
  putMachine(
    subscription: EmulatedSubscription,
    group: string,
    name: string,
    body: MachineBody,
  ): { readonly created: boolean; readonly machine: EmulatedMachine } {
    const known = this.findMachine(subscription, group, name);
    if (known !== undefined) {
      known.tags = body.tags ?? known.tags;
      known.given = { ...known.given, ...body.properties };
      return { created: false, machine: known };
    }
    const machine = this.makeMachine(subscription, group, name, body);
    subscription.machines.set(machineKey(group, name), machine);
    subscription.inOrder.push(machine);
    return { created: true, machine };
  }

  private makeMachine(
    subscription: EmulatedSubscription,
    group: string,
    name: string,
    body: MachineBody,
  ): EmulatedMachine {
    const location = body.location ?? 'westeurope';
    const groupName = subscription.resourceGroups.get(group.toLowerCase())?.name ?? group;
    subscription.resourceGroups.set(group.toLowerCase(), { name: groupName, location });
    const now = this.clock.now();
    this.machinesMade += 1;
    return {
      id: `/subscriptions/${subscription.id}/resourceGroups/${groupName}/providers/Microsoft.Compute/virtualMachines/${name}`,
      sequence: this.machinesMade,
      name,
      resourceGroup: groupName,
      vmId: randomUUID(),
      timeCreated: now,
      location,
      tags: body.tags ?? {},
      given: body.properties ?? {},
      powerState: 'running',
      provisioningTime: now,
      failedWith: null,
      carried: subscription.gate,
      pendingOperationId: null,
    };
  }

  removeMachine(subscription: EmulatedSubscription, machine: EmulatedMachine): void {
    subscription.machines.delete(machineKey(machine.resourceGroup, machine.name));
    const index = firstAfter(subscription.inOrder, machine.sequence) - 1;
    if (subscription.inOrder[index] === machine) subscription.inOrder.splice(index, 1);
  }

  /** A group that is deleted takes its machines with it. */
  removeGroup(subscription: EmulatedSubscription, group: string): void {
    const inGroup = (machine: EmulatedMachine) => machine.resourceGroup.toLowerCase() === group.toLowerCase();
    for (const machine of subscription.inOrder.filter(inGroup)) this.removeMachine(subscription, machine);
    subscription.resourceGroups.delete(group.toLowerCase());
  }
}

/** The index of the first machine that was created after a given one. */
export function firstAfter(inOrder: readonly EmulatedMachine[], sequence: number): number {
  let low = 0;
  let high = inOrder.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((inOrder[middle]?.sequence ?? 0) <= sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}

function machineKey(group: string, name: string): string {
  return `${group}/${name}`.toLowerCase();
}
