import type { CloudClient } from '../../../emulator/support/cloud-client.js';

/** The public address that a machine's card names. */
export const putAddress = (client: CloudClient, machine: string, allocation: string) => {
  const address = client.resource('Microsoft.Network/publicIPAddresses', `${machine}-ip`);
  return client.put(address, { properties: { publicIPAllocationMethod: allocation } });
};

/** What a machine with one public address is made of; of an address that the cloud does not list yet, null. */
export const withAddress = (allocation: string | null) => async (client: CloudClient, machine: string) => {
  const address = client.resource('Microsoft.Network/publicIPAddresses', `${machine}-ip`);
  const card = client.resource('Microsoft.Network/networkInterfaces', `${machine}-card`);
  if (allocation !== null) await putAddress(client, machine, allocation);
  const properties = { publicIPAddress: { id: address } };
  await client.put(card, { properties: { ipConfigurations: [{ name: 'main', properties }] } });
  return { networkProfile: { networkInterfaces: [{ id: card }] } };
};
