import type { EmulatorClock } from './clock.js';
import { resourceGroupNotFound, resourceNotFound, subscriptionNotFound } from './errors.js';
import { makeMachine, type MachineBody, type Place } from './make-machine.js';
import type { EmulatedMachine } from './machine.js';
import { followHost } from './network.js';
import { Placements } from './resource-graph/placements.js';
import type { ScaleSet } from './scale-set.js';
import { emptyContents, everyMachine, type EmulatedSubscription } from './subscription.js';

/** The state of the emulated cloud, in memory: subscriptions, their gates and what lies in them. */
export class Cloud {
  private readonly subscriptions = new Map<string, EmulatedSubscription>();
  private machinesMade = 0;
  private addressesTaken = 0;

  /** Where machines lie and lay. */
  readonly placements: Placements;

  constructor(readonly clock: EmulatorClock) {
    this.placements = new Placements(clock);
  }

  reset(): void {
    this.subscriptions.clear();
    this.placements.reset();
  }

  everySubscription(): readonly EmulatedSubscription[] {
    return [...this.subscriptions.values()];
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
      ...emptyContents(),
      id: id.toLowerCase(),
      gate: 'closed',
      fence: 0,
      movedAt: null,
      appliesTo: 'next-start',
    };
    this.subscriptions.set(subscription.id, subscription);
    return { created: true, subscription };
  }

  removeSubscription(id: string): void {
    const known = this.subscriptions.get(id.toLowerCase());
    for (const machine of known === undefined ? [] : everyMachine(known)) this.placements.end(machine);
    this.subscriptions.delete(id.toLowerCase());
  }

  findMachine(subscription: EmulatedSubscription, group: string, name: string): EmulatedMachine | undefined {
    return subscription.machines.get(keyOf(group, name));
  }

  machine(subscription: EmulatedSubscription, group: string, name: string): EmulatedMachine {
    this.groupName(subscription, group);
    const found = this.findMachine(subscription, group, name);
    if (found === undefined) throw resourceNotFound(name, group);
    return found;
  }

  /** The name of a group as it was first written; throws ARM's 404 where there is none. */
  groupName(subscription: EmulatedSubscription, group: string): string {
    const known = subscription.resourceGroups.get(group.toLowerCase());
    if (known === undefined) throw resourceGroupNotFound(group);
    return known.name;
  }

  /** The same, made where there is none: whoever furnishes a cloud need not begin with its groups. */
  groupFor(subscription: EmulatedSubscription, group: string, location: string): string {
    const known = subscription.resourceGroups.get(group.toLowerCase());
    if (known === undefined) subscription.resourceGroups.set(group.toLowerCase(), { name: group, location });
    return known?.name ?? group;
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
      this.followHost(subscription, known);
      return { created: false, machine: known };
    }
    const location = body.location ?? 'westeurope';
    const place = { group: this.groupFor(subscription, group, location), name, scaleSet: null };
    const machine = this.newMachine(subscription, place, body);
    this.addMachine(subscription, machine);
    return { created: true, machine };
  }

  /** A machine that runs, and lies nowhere yet. */
  newMachine(subscription: EmulatedSubscription, place: Place, body: MachineBody): EmulatedMachine {
    return makeMachine(subscription, place, body, { sequence: this.nextSequence(), now: this.clock.now() });
  }

  nextSequence(): number {
    this.machinesMade += 1;
    return this.machinesMade;
  }

  addMachine(subscription: EmulatedSubscription, machine: EmulatedMachine): void {
    subscription.machines.set(keyOf(machine.resourceGroup, machine.name), machine);
    subscription.inOrder.push(machine);
    this.placements.begin(subscription.id, machine);
    this.followHost(subscription, machine);
  }

  /** An instance of a uniform scale set. */
  addInstance(subscription: EmulatedSubscription, set: ScaleSet, machine: EmulatedMachine): void {
    set.instances.push(machine);
    this.placements.begin(subscription.id, machine);
  }

  /** Takes a machine away, an instance out of its scale set. */
  removeMachine(subscription: EmulatedSubscription, machine: EmulatedMachine): void {
    machine.carried = null;
    this.placements.end(machine);
    this.followHost(subscription, machine);
    if (machine.instanceId !== null) {
      for (const { instances } of subscription.scaleSets.values()) {
        const place = instances.indexOf(machine);
        if (place !== -1) instances.splice(place, 1);
      }
      return;
    }
    subscription.machines.delete(keyOf(machine.resourceGroup, machine.name));
    const index = firstAfter(subscription.inOrder, machine.sequence) - 1;
    if (subscription.inOrder[index] === machine) subscription.inOrder.splice(index, 1);
  }

  /** To be called whenever a machine may have taken or lost its host. The addresses are of 198.18.0.0/15, for tests. */
  followHost(subscription: EmulatedSubscription, machine: EmulatedMachine): void {
    followHost(subscription, machine, () => this.takeAddress());
  }

  takeAddress(): string {
    this.addressesTaken += 1;
    const host = this.addressesTaken % 131_072;
    return `198.${String(18 + (host >> 16))}.${String((host >> 8) & 255)}.${String(host & 255)}`;
  }

  /** A group that is deleted takes what lies in it along. */
  removeGroup(subscription: EmulatedSubscription, group: string): void {
    const inGroup = ({ resourceGroup }: { readonly resourceGroup: string }) =>
      resourceGroup.toLowerCase() === group.toLowerCase();
    for (const machine of everyMachine(subscription).filter(inGroup))
      this.removeMachine(subscription, machine);
    for (const [key, set] of subscription.scaleSets) if (inGroup(set)) subscription.scaleSets.delete(key);
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

/** What lies in a group is known by this: names are case-insensitive. */
export function keyOf(group: string, name: string): string {
  return `${group}/${name}`.toLowerCase();
}
