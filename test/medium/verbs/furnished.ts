import type { CloudClient } from '../../../emulator/support/cloud-client.js';

/** What a machine with one public address is made of. */
export const withAddress = (allocation: string) => async (client: CloudClient, machine: string) => {
  const address = client.resource('Microsoft.Network/publicIPAddresses', `${machine}-ip`);
  const card = client.resource('Microsoft.Network/networkInterfaces', `${machine}-card`);
  await client.put(address, { properties: { publicIPAllocationMethod: allocation } });
  const properties = { publicIPAddress: { id: address } };
  await client.put(card, { properties: { ipConfigurations: [{ name: 'main', properties }] } });
  return { networkProfile: { networkInterfaces: [{ id: card }] } };
};
