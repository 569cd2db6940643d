import type { CallPurpose, Listing } from '../../domain/ports/compute-control-plane.js';
import type { ArmClient } from './arm-client.js';
import { listPages } from './arm-listing.js';
import { chargeOf } from './azure-charges.js';
import { machinePage, type MachineBody, scaleSetPage, uniformSetOf } from './azure-shapes.js';

/** Which machines are listed, with what is asked of each of them. */
export interface MachineListingOrder<T> {
  readonly subscriptionId: string;
  readonly purpose: CallPurpose;
  /** The query for ordinary machines, and for instances of uniform scale sets: they have another one. */
  readonly machines: string;
  readonly instances: string;
  readonly read: (body: MachineBody) => T | null;
  /** The uniform sets to ask, where they are known; null has them listed first. */
  readonly sets: readonly string[] | null;
}

const compute = 'api-version=2025-04-01';
const mostPages = 10_000;
/** What ARM says of a set that is not there, or whose group is not. */
const gone: readonly string[] = ['ResourceNotFound', 'ResourceGroupNotFound'];

/**
 * All machines of a subscription: the ordinary ones, members of flexible scale sets among them, and the instances of
 * every uniform set, which no listing of machines has. Each once; incomplete anywhere is incomplete (fault F24).
 */
export async function listMachinesAndInstances<T extends { readonly resourceId: string }>(
  arm: ArmClient,
  order: MachineListingOrder<T>,
): Promise<Listing<T>> {
  const machines = await listPart(arm, order, machinesOf(order.subscriptionId), order.machines);
  if (machines.kind === 'incomplete') return machines;
  const sets = order.sets === null ? await listUniformSets(arm, order) : complete(order.sets);
  if (sets.kind === 'incomplete') return sets;
  const byPlace = new Map(machines.items.map((item) => [item.resourceId.toLowerCase(), item]));
  for (const set of sets.items) {
    const instances = await listPart(arm, order, `${set}/virtualMachines`, order.instances);
    // A set that was known and is deleted: its instances are missing, and are looked for one by one.
    if (instances.kind === 'incomplete' && order.sets !== null && gone.includes(instances.code)) continue;
    if (instances.kind === 'incomplete') return instances;
    for (const item of instances.items)
      if (!byPlace.has(item.resourceId.toLowerCase())) byPlace.set(item.resourceId.toLowerCase(), item);
  }
  return complete([...byPlace.values()]);
}

function listPart<T>(
  arm: ArmClient,
  { subscriptionId, purpose, read }: MachineListingOrder<T>,
  path: string,
  query: string,
): Promise<Listing<T>> {
  const first = `${path}?${query}`;
  const charge = chargeOf('list', first, purpose);
  return listPages(arm, { subscriptionId, first, charge, page: machinePage, read, mostPages });
}

async function listUniformSets(
  arm: ArmClient,
  { subscriptionId, purpose }: Pick<MachineListingOrder<unknown>, 'subscriptionId' | 'purpose'>,
): Promise<Listing<string>> {
  const first = `/subscriptions/${subscriptionId}/providers/Microsoft.Compute/virtualMachineScaleSets?${compute}`;
  const charge = chargeOf('list', first, purpose);
  const pages = { subscriptionId, first, charge, page: scaleSetPage, mostPages };
  const sets = await listPages(arm, { ...pages, read: (body) => ({ uniform: uniformSetOf(body) }) });
  if (sets.kind === 'incomplete') return sets;
  return complete(sets.items.flatMap(({ uniform }) => (uniform === null ? [] : [uniform])));
}

function complete<T>(items: readonly T[]): Listing<T> {
  return { kind: 'complete', items };
}

function machinesOf(subscriptionId: string): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Compute/virtualMachines`;
}
