import { randomUUID } from 'node:crypto';
import { ComputeManagementClient } from '@azure/arm-compute';
import { startEmulator, type RunningEmulator } from '../../emulator/emulator.js';
import { wireOf } from '../../emulator/gate.js';
import { everyMachine } from '../../emulator/subscription.js';

let emulator: RunningEmulator;
let client: ComputeManagementClient;
const subscriptionId = randomUUID();

beforeEach(async () => {
  emulator = await startEmulator();
  const { world } = emulator;
  world.operations.durations = { deallocateMs: 20, startMs: 20 };
  world.pageSize = 2;
  const { subscription } = world.cloud.putSubscription(subscriptionId, { state: 'Enabled' });
  for (const name of ['mx1', 'mx2', 'mx3'])
    world.cloud.putMachine(subscription, 'rg', name, { location: 'westeurope' });
  client = clientOf(emulator);
});
afterEach(() => emulator.stop());

/** Microsoft's client as it is published; it is told where the cloud is and whose certificate to trust, no more. */
function clientOf({ tlsUrl, ca }: RunningEmulator): ComputeManagementClient {
  const credential = {
    getToken: () => Promise.resolve({ token: 'any', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  return new ComputeManagementClient(credential, subscriptionId, { endpoint: tlsUrl, tlsOptions: { ca } });
}

const often = { updateIntervalInMs: 10 };

async function namesOf(
  machines: AsyncIterable<{ readonly name?: string }>,
): Promise<readonly (string | undefined)[]> {
  const names: (string | undefined)[] = [];
  for await (const { name } of machines) names.push(name);
  return names;
}

function wire(): readonly string[] {
  const subscription = emulator.world.cloud.subscription(subscriptionId);
  return subscription.inOrder.map((one) => `${one.name} ${one.powerState} ${wireOf(subscription, one)}`);
}

describe('Microsoft’s own client, unchanged, over https', () => {
  it('lists every machine on every page, of a subscription and of a group', async () => {
    expect(await namesOf(client.virtualMachines.listAll())).toEqual(['mx1', 'mx2', 'mx3']);
    expect(await namesOf(client.virtualMachines.list('rg'))).toEqual(['mx1', 'mx2', 'mx3']);
  });

  it('reads a machine, its vmId, its time of creation and its power state', async () => {
    const machine = await client.virtualMachines.get('rg', 'mx1', { expand: 'instanceView' });
    expect(machine.vmId).toMatch(/^[\da-f-]{36}$/);
    expect(machine.timeCreated).toBeInstanceOf(Date);
    const { statuses } = await client.virtualMachines.instanceView('rg', 'mx1');
    expect(statuses?.map(({ code }) => code)).toContain('PowerState/running');
  });

  it('deallocates and starts a machine, and follows each operation to its end', async () => {
    await client.virtualMachines.deallocate('rg', 'mx1', often);
    expect(wire()[0]).toBe('mx1 deallocated off');
    await client.virtualMachines.start('rg', 'mx1', often);
    expect(wire()).toEqual(['mx1 running closed', 'mx2 running closed', 'mx3 running closed']);
  });

  it('is told of a failed start with the words of the cloud', async () => {
    await client.virtualMachines.deallocate('rg', 'mx1', often);
    emulator.world.faults.add({ kind: 'operation-fails', match: {}, times: 1 });
    await expect(client.virtualMachines.start('rg', 'mx1', often)).rejects.toThrow(/AllocationFailed/);
  });

  it('cycles the instances of a uniform scale set one by one', async () => {
    const { world } = emulator;
    const subscription = world.cloud.subscription(subscriptionId);
    const parameters = { location: 'westeurope', sku: { name: 'Standard_B2s', capacity: 2 } };
    await client.virtualMachineScaleSets.createOrUpdate('rg', 'farm', parameters, often);
    expect(await namesOf(client.virtualMachineScaleSets.listAll())).toEqual(['farm']);
    expect(await namesOf(client.virtualMachineScaleSetVMs.list('rg', 'farm'))).toEqual(['farm_0', 'farm_1']);
    await client.virtualMachineScaleSetVMs.deallocate('rg', 'farm', '1', often);
    subscription.gate = 'open';
    await client.virtualMachineScaleSetVMs.start('rg', 'farm', '1', often);
    const [first, second] = everyMachine(subscription).slice(-2);
    expect([first?.carried, second?.carried]).toEqual(['closed', 'open']);
  });
});
