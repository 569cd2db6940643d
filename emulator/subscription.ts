import type { EmulatedMachine, Position } from './machine.js';

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
}
