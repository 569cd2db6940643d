import { CloudClient } from '../../../emulator/support/cloud-client.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

let world: EmulatedWorld;
let right: Granted;
let elsewhere: CloudClient;

/** A right that was revoked with its one machine closed. */
beforeEach(async () => {
  world = await createEmulatedWorld();
  right = await granted(world, 0, []);
  elsewhere = new CloudClient(world.emulator.url);
  await elsewhere.createSubscription();
  await world.work();
  await world.live(30);
  await right.revoke();
  await world.live(40);
  expect((await right.exemption())?.state).toBe('revoked');
});

/** Makes a lie behind Postern's back: an open machine of the gate that it has closed. */
async function openBehindItsBack(): Promise<void> {
  const { world: cloud } = world.emulator;
  const subscription = cloud.cloud.subscription(right.client.subscription);
  const { machine } = cloud.cloud.putMachine(subscription, 'rg', 'mx1', { location: 'westeurope' });
  machine.carried = 'open';
}

describe('the check at the end of every test with the emulated cloud (I19)', () => {
  it('finds a machine that a right which has ended left open', async () => {
    await openBehindItsBack();
    await expect(world.close()).rejects.toThrow('ended means that every machine is closed');
  });

  it('finds it in another subscription, and names that', async () => {
    await openBehindItsBack();
    const { path } = right.client;
    const body = {
      resources: [right.client.vm('mx1')],
      targetResourceGroup: `${elsewhere.path}/resourceGroups/rg`,
    };
    await right.client.arm('POST', `${path}/resourceGroups/rg/moveResources`, { body });
    await expect(world.close()).rejects.toThrow(`in ${elsewhere.subscription}`);
  });

  it('finds nothing where nothing is open', async () => {
    await expect(world.close()).resolves.toBeUndefined();
  });
});
