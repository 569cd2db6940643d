import { randomUUID } from 'node:crypto';
import type { EmulatorClock } from './clock.js';
import { ArmError, resourceGroupNotFound, resourceNotFound, subscriptionNotFound } from './errors.js';
import type { EmulatedMachine, Position } from './machine.js';

export type GateReach = 'next-start' | 'running';

export interface EmulatedSubscription {
  readonly id: string;
  displayName: string;
  tenantId: string;
  state: string;
  quotaId: string;
  spendingLimit: string;
  tags: Record<string, string>;
  managedByTenants: readonly unknown[];
  gate: Position;
  fence: number;
  movedAt: string | null;
  appliesTo: GateReach;
  readonly resourceGroups: Map<string, { readonly name: string; readonly location: string }>;
  /** By `group/name` in lower case: names are case-insensitive. */
  readonly machines: Map<string, EmulatedMachine>;
}

/** What the switchboard answers of a gate. */
export interface GateView {
  readonly gate: Position;
  readonly fence: number;
  readonly movedAt: string | null;
  readonly appliesTo: GateReach;
}

/** The state of the emulated cloud, in memory: subscriptions, their gates and their machines. */
export class Cloud {
  private readonly subscriptions = new Map<string, EmulatedSubscription>();

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
    };
    this.subscriptions.set(subscription.id, subscription);
    return { created: true, subscription };
  }

  machine(subscription: EmulatedSubscription, group: string, name: string): EmulatedMachine {
    if (!subscription.resourceGroups.has(group.toLowerCase())) throw resourceGroupNotFound(group);
    const found = subscription.machines.get(machineKey(group, name));
    if (found === undefined) throw resourceNotFound(name, group);
    return found;
  }

  /** A new machine runs at once and carries the gate's present position: it takes its host when it is created. */
  putMachine(
    subscription: EmulatedSubscription,
    group: string,
    name: string,
    body: {
      readonly location?: string;
      readonly tags?: Record<string, string>;
      readonly properties?: Record<string, unknown>;
    },
  ): { readonly created: boolean; readonly machine: EmulatedMachine } {
    const known = subscription.machines.get(machineKey(group, name));
    if (known !== undefined) return { created: false, machine: known };
    const location = body.location ?? 'westeurope';
    const groupName = subscription.resourceGroups.get(group.toLowerCase())?.name ?? group;
    subscription.resourceGroups.set(group.toLowerCase(), { name: groupName, location });
    const now = this.clock.now();
    const machine: EmulatedMachine = {
      id: `/subscriptions/${subscription.id}/resourceGroups/${groupName}/providers/Microsoft.Compute/virtualMachines/${name}`,
      name,
      resourceGroup: groupName,
      vmId: randomUUID(),
      timeCreated: now,
      location,
      tags: body.tags ?? {},
      given: body.properties ?? {},
      powerState: 'running',
      provisioningTime: now,
      carried: subscription.gate,
      pendingOperationId: null,
    };
    subscription.machines.set(machineKey(group, name), machine);
    return { created: true, machine };
  }

  removeMachine(subscription: EmulatedSubscription, machine: EmulatedMachine): void {
    subscription.machines.delete(machineKey(machine.resourceGroup, machine.name));
  }

  /** Moves the switch: a smaller fence, or the same one with another position, is refused. */
  moveGate(subscription: EmulatedSubscription, gate: Position, fence: number): GateView {
    if (
      fence < subscription.fence ||
      (fence === subscription.fence && (gate !== subscription.gate || subscription.movedAt === null))
    ) {
      throw new ArmError(
        409,
        'FenceTooSmall',
        `The gate stands ${subscription.gate} at fence ${String(subscription.fence)}.`,
      );
    }
    if (fence === subscription.fence) return gateView(subscription);
    Object.assign(subscription, { gate, fence, movedAt: this.clock.now() });
    return gateView(subscription);
  }
}

export function gateView({ gate, fence, movedAt, appliesTo }: EmulatedSubscription): GateView {
  return { gate, fence, movedAt, appliesTo };
}

/** What the wire to port 25 says of a machine: `off` while it holds no host. */
export function wireOf(
  subscription: EmulatedSubscription,
  machine: EmulatedMachine,
): 'open' | 'closed' | 'off' {
  if (machine.carried === null) return 'off';
  return subscription.appliesTo === 'running' ? subscription.gate : machine.carried;
}

function machineKey(group: string, name: string): string {
  return `${group}/${name}`.toLowerCase();
}
