import { startEmulator, type RunningEmulator } from './emulator.js';
import { CloudClient } from './support/cloud-client.js';

let emulator: RunningEmulator;
let cloud: CloudClient;
let card: string;
beforeEach(async () => {
  emulator = await startEmulator();
  cloud = new CloudClient(emulator.url);
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  await cloud.createSubscription();
  card = cloud.resource('Microsoft.Network/networkInterfaces', 'card');
});
afterEach(() => emulator.stop());

const addressPath = (name: string) => cloud.resource('Microsoft.Network/publicIPAddresses', name);
const addressOf = async (name: string) => {
  const { body } = await cloud.arm('GET', addressPath(name));
  return (body as { properties: { ipAddress?: string } }).properties.ipAddress;
};

async function machineWith(publicIPAllocationMethod: string): Promise<void> {
  await cloud.put(addressPath('ip'), { properties: { publicIPAllocationMethod } });
  const properties = { publicIPAddress: { id: addressPath('ip') } };
  await cloud.put(card, { properties: { ipConfigurations: [{ name: 'main', properties }] } });
  await cloud.create('mx', { networkProfile: { networkInterfaces: [{ id: card }] } });
}

describe('a dynamic public address', () => {
  beforeEach(() => machineWith('Dynamic'));

  it('comes with the machine’s host, goes with it, and is another one afterwards', async () => {
    const before = await addressOf('ip');
    await cloud.power('mx', 'deallocate');
    await cloud.advance(1_499);
    expect(await addressOf('ip')).toBe(before);
    await cloud.advance(1);
    expect(await addressOf('ip')).toBeUndefined();
    await cloud.power('mx', 'start');
    await cloud.advance(1_000);
    const after = await addressOf('ip');
    expect([before, after]).toEqual([
      expect.stringMatching(/^198\.1[89]\./),
      expect.stringMatching(/^198\.1[89]\./),
    ]);
    expect(after).not.toBe(before);
  });

  it.each(['restart', 'powerOff'])('stays over a %s', async (action) => {
    const before = await addressOf('ip');
    await cloud.power('mx', action);
    await cloud.advance(2_000);
    expect(await addressOf('ip')).toBe(before);
  });

  it('is given to nobody by a start that finds no host', async () => {
    await cloud.power('mx', 'deallocate');
    await cloud.advance(1_500);
    await cloud.fault({ kind: 'operation-fails', times: 1 });
    await cloud.power('mx', 'start');
    await cloud.advance(1_000);
    expect(await addressOf('ip')).toBeUndefined();
  });
});

describe('a static public address', () => {
  it('stays over a deallocate', async () => {
    await machineWith('Static');
    const before = await addressOf('ip');
    await cloud.power('mx', 'deallocate');
    await cloud.advance(1_500);
    expect([before, await addressOf('ip')]).toEqual([expect.any(String), before]);
  });

  it('is what a standard one must be', async () => {
    expect(await cloud.put(addressPath('ip'), { sku: { name: 'Standard' } })).toMatchObject({
      status: 400,
      body: { error: { code: 'StandardSkuPublicIPAddressMustBeStatic' } },
    });
  });
});

describe('the facts of a machine’s network', () => {
  it('are told from both ends, and listed', async () => {
    await machineWith('Dynamic');
    const list = (type: string) => cloud.arm('GET', `${cloud.path}/providers/Microsoft.Network/${type}`);
    const publicIPAddress = { id: addressPath('ip') };
    expect((await list('networkInterfaces')).body).toMatchObject({
      value: [
        {
          properties: {
            virtualMachine: { id: cloud.vm('mx') },
            ipConfigurations: [{ properties: { primary: true, publicIPAddress } }],
          },
        },
      ],
    });
    expect((await list('publicIPAddresses')).body).toMatchObject({
      value: [
        {
          sku: { name: 'Basic' },
          properties: {
            publicIPAllocationMethod: 'Dynamic',
            ipConfiguration: { id: `${card}/ipConfigurations/main` },
          },
        },
      ],
    });
    expect((await cloud.arm('GET', cloud.vm('mx'))).body).toMatchObject({
      properties: { networkProfile: { networkInterfaces: [{ id: card }] } },
    });
  });

  it('can be taken away', async () => {
    await machineWith('Dynamic');
    expect((await cloud.arm('DELETE', addressPath('ip'))).status).toBe(200);
    expect(await cloud.arm('GET', addressPath('ip'))).toMatchObject({
      status: 404,
      body: { error: { code: 'ResourceNotFound' } },
    });
  });

  it('say in which zone and availability set a machine is', async () => {
    const id = cloud.resource('Microsoft.Compute/availabilitySets', 'pair');
    await cloud.put(id, { properties: { platformFaultDomainCount: 2 } });
    const body = { zones: ['1'], properties: { availabilitySet: { id } } };
    await cloud.put(cloud.vm('mx'), body);
    expect((await cloud.arm('GET', cloud.vm('mx'))).body).toMatchObject(body);
    expect((await cloud.arm('GET', id)).body).toMatchObject({ name: 'pair' });
  });
});
