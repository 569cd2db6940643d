import { randomBytes, randomUUID } from 'node:crypto';
import type { ArmTarget } from './arm-path.js';
import { keyOf, type Cloud } from './cloud.js';
import { resourceNotFound } from './errors.js';
import type { EmulatedMachine } from './machine.js';
import { scaleSetIdOf, type ScaleSet } from './scale-set.js';
import type { EmulatedSubscription } from './subscription.js';

const setType = 'Microsoft.Compute/virtualMachineScaleSets';

/** What the creator of a scale set sends. */
export interface ScaleSetBody {
  readonly location?: string;
  readonly tags?: Record<string, string>;
  readonly zones?: readonly string[];
  readonly sku?: { readonly name?: string; readonly capacity?: number };
  readonly properties?: Record<string, unknown>;
}

/** Throws ARM's 404 where there is none. */
export function findScaleSet(
  cloud: Cloud,
  subscription: EmulatedSubscription,
  group: string,
  name: string,
): ScaleSet {
  cloud.groupName(subscription, group);
  const found = subscription.scaleSets.get(keyOf(group, name));
  if (found === undefined) throw resourceNotFound(name, group, setType);
  return found;
}

/** An instance of a uniform scale set by its number; throws ARM's 404 where there is none. */
export function findInstance(
  cloud: Cloud,
  subscription: EmulatedSubscription,
  { group, scaleSet, name }: ArmTarget,
): EmulatedMachine {
  const set = findScaleSet(cloud, subscription, group, scaleSet);
  const found = set.instances.find(({ instanceId }) => instanceId === name);
  if (found === undefined) throw resourceNotFound(`${scaleSet}/virtualMachines/${name}`, group, setType);
  return found;
}

/** The machines of a scale set, in the order of their creation. */
export function membersOf({ inOrder }: EmulatedSubscription, set: ScaleSet): readonly EmulatedMachine[] {
  if (set.mode === 'Uniform') return set.instances;
  return inOrder.filter((machine) => scaleSetIdOf(machine) === set.id.toLowerCase());
}

/** Makes a scale set, or changes one; a capacity that is given adds or takes away machines. */
export function putScaleSet(
  cloud: Cloud,
  subscription: EmulatedSubscription,
  { group, scaleSet }: ArmTarget,
  body: ScaleSetBody,
): { readonly created: boolean; readonly set: ScaleSet } {
  const known = subscription.scaleSets.get(keyOf(group, scaleSet));
  const set = known ?? makeScaleSet(cloud, subscription, { group, name: scaleSet }, body);
  subscription.scaleSets.set(keyOf(group, scaleSet), set);
  set.skuName = body.sku?.name ?? set.skuName;
  set.tags = body.tags ?? set.tags;
  set.given = { ...set.given, ...body.properties };
  if (body.sku?.capacity !== undefined) resize(cloud, subscription, set, body.sku.capacity);
  return { created: known === undefined, set };
}

function makeScaleSet(
  cloud: Cloud,
  subscription: EmulatedSubscription,
  { group, name }: { readonly group: string; readonly name: string },
  { location = 'westeurope', zones = [], properties = {} }: ScaleSetBody,
): ScaleSet {
  const resourceGroup = cloud.groupFor(subscription, group, location);
  const isFlexible = String(properties.orchestrationMode).toLowerCase() === 'flexible';
  return {
    id: `/subscriptions/${subscription.id}/resourceGroups/${resourceGroup}/providers/${setType}/${name}`,
    name,
    resourceGroup,
    location,
    mode: isFlexible ? 'Flexible' : 'Uniform',
    zones,
    uniqueId: randomUUID(),
    timeCreated: cloud.clock.now(),
    skuName: 'Standard_B2s',
    tags: {},
    given: {},
    instances: [],
    nextInstance: 0,
  };
}

/** The newest go first, as the real cloud prefers; those that stay keep their numbers and their hosts. */
function resize(cloud: Cloud, subscription: EmulatedSubscription, set: ScaleSet, capacity: number): void {
  const members = membersOf(subscription, set);
  for (const machine of members.slice(capacity)) cloud.removeMachine(subscription, machine);
  for (let count = members.length; count < capacity; count += 1) addMember(cloud, subscription, set);
}

function addMember(cloud: Cloud, subscription: EmulatedSubscription, set: ScaleSet): void {
  const { name, location, zones, resourceGroup: group } = set;
  const number = set.nextInstance;
  set.nextInstance += 1;
  const zone = zones.length === 0 ? [] : [zones[number % zones.length] ?? '1'];
  const profile = (set.given.virtualMachineProfile ?? {}) as Record<string, unknown>;
  const body = { location, zones: zone, tags: set.tags, properties: profile };
  if (set.mode === 'Uniform') {
    const place = { group, name: String(number), scaleSet: name };
    cloud.addInstance(subscription, set, cloud.newMachine(subscription, place, body));
    return;
  }
  const own = { group, name: `${name}_${randomBytes(4).toString('hex')}`, scaleSet: null };
  const properties = { ...profile, virtualMachineScaleSet: { id: set.id } };
  cloud.addMachine(subscription, cloud.newMachine(subscription, own, { ...body, properties }));
}
