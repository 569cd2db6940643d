import type { EmulatedMachine } from './machine.js';

export interface PublicAddress {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly sku: string;
  readonly method: 'Static' | 'Dynamic';
  /** Null while a dynamic one is released. */
  ipAddress: string | null;
}

export interface Interface {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** As its creator sent them; the first is the primary one. */
  readonly configurations: readonly {
    readonly name: string;
    readonly privateIpAddress: string;
    readonly publicAddressId: string | null;
  }[];
}

interface Reference {
  readonly id?: string;
}

/** The ids of a machine's network interfaces, in lower case. */
export function interfaceIdsOf({ given }: EmulatedMachine): readonly string[] {
  const { networkInterfaces = [] } = (given.networkProfile ?? {}) as {
    networkInterfaces?: readonly Reference[];
  };
  return networkInterfaces.map(({ id = '' }) => id.toLowerCase());
}

interface Network {
  readonly interfaces: ReadonlyMap<string, Interface>;
  readonly addresses: ReadonlyMap<string, PublicAddress>;
}

/** The public addresses of a machine, by way of its interfaces. */
export function addressesOf(network: Network, machine: EmulatedMachine): readonly PublicAddress[] {
  return interfaceIdsOf(machine)
    .flatMap((id) => network.interfaces.get(id)?.configurations ?? [])
    .map(({ publicAddressId }) => network.addresses.get((publicAddressId ?? '').toLowerCase()))
    .filter((address) => address !== undefined);
}

/**
 * A dynamic address goes with the host: released when the machine has none, another one when it has one again. To be
 * called whenever a machine may have taken or lost its host.
 */
export function followHost(network: Network, machine: EmulatedMachine, takeAddress: () => string): void {
  for (const address of addressesOf(network, machine)) {
    if (address.method === 'Static') continue;
    if (machine.carried === null) address.ipAddress = null;
    else address.ipAddress ??= takeAddress();
  }
}
