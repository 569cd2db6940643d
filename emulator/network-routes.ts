import type { ArmAnswer, ArmCall } from './arm-answer.js';
import type { ArmTarget } from './arm-path.js';
import { ArmError, notAllowed, resourceNotFound } from './errors.js';
import { interfaceIdsOf, type Interface, type PublicAddress } from './network.js';
import { pageOfItems } from './page.js';
import { recordWrite } from './record-call.js';
import { resourceTypeOf } from './rights.js';
import type { EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

interface AddressBody {
  readonly location?: string;
  readonly sku?: { readonly name?: string };
  readonly properties?: { readonly publicIPAllocationMethod?: string };
}

interface InterfaceBody {
  readonly location?: string;
  readonly properties?: {
    readonly ipConfigurations?: readonly {
      readonly name?: string;
      readonly properties?: {
        readonly privateIPAddress?: string;
        readonly publicIPAddress?: { readonly id?: string };
      };
    }[];
  };
}

/** Network interfaces and public addresses (2024-05-01): the listings of a subscription or a group, in pages. */
export function networkListRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  if (call.method !== 'GET') throw notAllowed(call);
  const subscription = world.cloud.subscription(target.subscriptionId);
  if (target.group !== '') world.cloud.groupName(subscription, target.group);
  const isWanted = ({ id }: { readonly id: string }) =>
    target.group === '' || id.toLowerCase().includes(`/resourcegroups/${target.group.toLowerCase()}/`);
  const { interfaces, addresses } = subscription;
  const body =
    target.kind === 'interfaces'
      ? pageOfItems(call, world.pageSize, [...interfaces.values()].filter(isWanted), (one) =>
          presentInterface(subscription, one),
        )
      : pageOfItems(call, world.pageSize, [...addresses.values()].filter(isWanted), (one) =>
          presentAddress(subscription, one),
        );
  return { status: 200, body };
}

/** GET, PUT and DELETE of one of them. */
export function networkRoute(world: World, call: ArmCall, target: ArmTarget): ArmAnswer {
  const subscription = world.cloud.subscription(target.subscriptionId);
  const isInterface = target.kind === 'interface';
  const known: ReadonlyMap<string, object> = isInterface ? subscription.interfaces : subscription.addresses;
  if (call.method === 'PUT') return put(world, call, target, subscription);
  const type = resourceTypeOf(target);
  const id = idOf(subscription, target, target.group);
  if (!known.has(id.toLowerCase())) throw resourceNotFound(target.name, target.group, type);
  if (call.method === 'GET') return { status: 200, body: present(subscription, id) };
  if (call.method !== 'DELETE') throw notAllowed(call);
  (isInterface ? subscription.interfaces : subscription.addresses).delete(id.toLowerCase());
  recordWrite(world, call, subscription, {
    resourceId: id,
    resourceType: type,
    status: 200,
    action: 'delete',
  });
  return { status: 200 };
}

function put(world: World, call: ArmCall, target: ArmTarget, subscription: EmulatedSubscription): ArmAnswer {
  const { location = 'westeurope' } = (call.body ?? {}) as { readonly location?: string };
  const group = world.cloud.groupFor(subscription, target.group, location);
  const id = idOf(subscription, target, group);
  const key = id.toLowerCase();
  const created = !subscription.interfaces.has(key) && !subscription.addresses.has(key);
  if (target.kind === 'interface') {
    subscription.interfaces.set(key, { id, name: target.name, location, ...interfaceOf(call.body) });
  } else {
    const known = subscription.addresses.get(key)?.ipAddress ?? null;
    subscription.addresses.set(key, {
      id,
      name: target.name,
      location,
      ...addressOf(world, call.body, known),
    });
  }
  for (const machine of subscription.inOrder) world.cloud.followHost(subscription, machine);
  const status = created ? 201 : 200;
  recordWrite(world, call, subscription, { resourceId: id, resourceType: resourceTypeOf(target), status });
  return { status, body: present(subscription, id) };
}

function idOf({ id }: EmulatedSubscription, target: ArmTarget, group: string): string {
  return `/subscriptions/${id}/resourceGroups/${group}/providers/${resourceTypeOf(target)}/${target.name}`;
}

function interfaceOf(body: unknown): Pick<Interface, 'configurations'> {
  const { ipConfigurations = [] } = ((body ?? {}) as InterfaceBody).properties ?? {};
  const configurations = ipConfigurations.map(({ name, properties = {} }, index) => ({
    name: name ?? `ipconfig${String(index + 1)}`,
    privateIpAddress: properties.privateIPAddress ?? `10.0.0.${String(4 + index)}`,
    publicAddressId: properties.publicIPAddress?.id ?? null,
  }));
  return { configurations };
}

/** A static address is given at once and kept; a dynamic one comes with the host of the machine that it belongs to. */
function addressOf(
  { cloud }: World,
  body: unknown,
  known: string | null,
): Pick<PublicAddress, 'sku' | 'method' | 'ipAddress'> {
  const { sku, properties } = (body ?? {}) as AddressBody;
  const isStatic = properties?.publicIPAllocationMethod?.toLowerCase() === 'static';
  const skuName = sku?.name ?? (isStatic ? 'Standard' : 'Basic');
  if (skuName === 'Standard' && !isStatic) {
    throw new ArmError(
      400,
      'StandardSkuPublicIPAddressMustBeStatic',
      'Standard sku publicIp addresses must have allocation method set to Static.',
    );
  }
  if (isStatic) return { sku: skuName, method: 'Static', ipAddress: known ?? cloud.takeAddress() };
  return { sku: skuName, method: 'Dynamic', ipAddress: known };
}

function present(subscription: EmulatedSubscription, id: string): object {
  const found = subscription.interfaces.get(id.toLowerCase());
  if (found !== undefined) return presentInterface(subscription, found);
  const address = subscription.addresses.get(id.toLowerCase());
  return address === undefined ? {} : presentAddress(subscription, address);
}

function presentInterface({ inOrder, addresses }: EmulatedSubscription, one: Interface): object {
  const machine = inOrder.find((candidate) => interfaceIdsOf(candidate).includes(one.id.toLowerCase()));
  const ipConfigurations = one.configurations.map(({ name, privateIpAddress, publicAddressId }, index) => ({
    name,
    id: `${one.id}/ipConfigurations/${name}`,
    properties: {
      primary: index === 0,
      privateIPAddress: privateIpAddress,
      privateIPAllocationMethod: 'Dynamic',
      ...(publicAddressId === null
        ? {}
        : { publicIPAddress: { id: addresses.get(publicAddressId.toLowerCase())?.id ?? publicAddressId } }),
    },
  }));
  return {
    id: one.id,
    name: one.name,
    type: 'Microsoft.Network/networkInterfaces',
    location: one.location,
    properties: {
      provisioningState: 'Succeeded',
      ipConfigurations,
      ...(machine === undefined ? {} : { virtualMachine: { id: machine.id } }),
    },
  };
}

function presentAddress({ interfaces }: EmulatedSubscription, address: PublicAddress): object {
  const { id, name, location, sku, method, ipAddress } = address;
  const owner = [...interfaces.values()]
    .flatMap((one) => one.configurations.map((configuration) => ({ one, configuration })))
    .find(({ configuration }) => configuration.publicAddressId?.toLowerCase() === id.toLowerCase());
  const ipConfiguration =
    owner === undefined
      ? {}
      : { ipConfiguration: { id: `${owner.one.id}/ipConfigurations/${owner.configuration.name}` } };
  return {
    id,
    name,
    type: 'Microsoft.Network/publicIPAddresses',
    location,
    sku: { name: sku, tier: 'Regional' },
    properties: {
      provisioningState: 'Succeeded',
      publicIPAllocationMethod: method,
      publicIPAddressVersion: 'IPv4',
      ...(ipAddress === null ? {} : { ipAddress }),
      ...ipConfiguration,
    },
  };
}
