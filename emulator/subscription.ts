import type { Lock } from './locks.js';
import type { EmulatedMachine, Position } from './machine.js';
import type { Interface, PublicAddress } from './network.js';
import type { Denial } from './rights.js';
import type { ScaleSet } from './scale-set.js';

/** Which machines a gate's position holds for: those that start from now on, or the running ones too. */
export type GateReach = 'next-start' | 'running';

export interface ResourceGroup {
  readonly name: string;
  readonly location: string;
}

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
  readonly resourceGroups: Map<string, ResourceGroup>;
  /** By `group/name` in lower case: names are case-insensitive. */
  readonly machines: Map<string, EmulatedMachine>;
  /** The same machines in the order of their creation: a page of a listing is found without walking them all. */
  readonly inOrder: EmulatedMachine[];
  /** By `group/name` in lower case. Instances of uniform ones lie in them, and in no listing of machines. */
  readonly scaleSets: Map<string, ScaleSet>;
  /** These by resource id in lower case. */
  readonly interfaces: Map<string, Interface>;
  readonly addresses: Map<string, PublicAddress>;
  readonly availabilitySets: Map<string, object>;
  readonly locks: Map<string, Lock>;
  /** What nobody may do here. */
  denials: readonly Denial[];
}

/** What a new subscription holds: nothing. */
export function emptyContents() {
  return {
    resourceGroups: new Map<string, ResourceGroup>(),
    machines: new Map<string, EmulatedMachine>(),
    inOrder: [],
    scaleSets: new Map<string, ScaleSet>(),
    interfaces: new Map<string, Interface>(),
    addresses: new Map<string, PublicAddress>(),
    availabilitySets: new Map<string, object>(),
    locks: new Map<string, Lock>(),
    denials: [],
  };
}

/** Every machine that may hold a host, instances of uniform scale sets included. */
export function everyMachine({ inOrder, scaleSets }: EmulatedSubscription): readonly EmulatedMachine[] {
  return [...inOrder, ...[...scaleSets.values()].flatMap(({ instances }) => instances)];
}
