import { startEmulator, type RunningEmulator } from './emulator.js';
import { CloudClient } from './support/cloud-client.js';

let emulator: RunningEmulator;
let cloud: CloudClient;
beforeEach(async () => {
  emulator = await startEmulator();
  cloud = new CloudClient(emulator.url);
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  await cloud.createSubscription();
  await cloud.create('mx');
});
afterEach(() => emulator.stop());

const refusal = (status: number, code: string, words: string) => ({
  status,
  body: { error: { code, message: expect.stringContaining(words) } },
});
const lockOn = (scope: string, level: string) => {
  const path = `${scope}/providers/Microsoft.Authorization/locks/keep`;
  return cloud.put(path, { properties: { level } }).then(() => path);
};
const scopes: readonly (readonly [string, () => string])[] = [
  ['the subscription', () => cloud.path],
  ['the group', () => `${cloud.path}/resourceGroups/RG`],
  ['the machine', () => cloud.vm('MX')],
];

describe('a lock', () => {
  it.each(scopes)(
    'that reads only, on %s, refuses stop and start, and names itself',
    async (_what, scope) => {
      const lock = await lockOn(scope(), 'ReadOnly');
      const words = `cannot perform write operation because following scope(s) are locked: '${scope()}'. Please remove the lock and try again.`;
      for (const action of ['deallocate', 'start'])
        expect(await cloud.power('mx', action)).toMatchObject(refusal(409, 'ScopeLocked', words));
      expect((await cloud.arm('GET', cloud.vm('mx'))).status).toBe(200);
      expect((await cloud.arm('DELETE', lock)).status).toBe(200);
      expect((await cloud.power('mx', 'deallocate')).status).toBe(202);
    },
  );

  it('against deleting refuses a delete and nothing else', async () => {
    await lockOn(cloud.path, 'CanNotDelete');
    const words = 'cannot perform delete operation';
    expect(await cloud.arm('DELETE', cloud.vm('mx'))).toMatchObject(refusal(409, 'ScopeLocked', words));
    expect((await cloud.power('mx', 'deallocate')).status).toBe(202);
  });

  it('is for what lies below it, and for nobody’s neighbour', async () => {
    await cloud.create('mx2');
    await lockOn(cloud.vm('mx'), 'ReadOnly');
    expect((await cloud.power('mx2', 'deallocate')).status).toBe(202);
  });

  it('is listed, read, and has one of two levels', async () => {
    const path = await lockOn(cloud.path, 'ReadOnly');
    const all = await cloud.arm('GET', `${cloud.path}/providers/Microsoft.Authorization/locks`);
    expect(all.body).toMatchObject({ value: [{ name: 'keep', properties: { level: 'ReadOnly' } }] });
    expect((await cloud.arm('GET', path)).status).toBe(200);
    expect((await cloud.put(path, { properties: { level: 'Some' } })).status).toBe(400);
    expect((await cloud.arm('GET', path.replace('keep', 'none'))).status).toBe(404);
  });
});

describe('a missing right', () => {
  const deny = (...denied: unknown[]) =>
    cloud.control('PUT', `/subscriptions/${cloud.subscription}/rights`, { denied });

  it('refuses what it is about, and names it', async () => {
    await deny('Microsoft.Compute/virtualMachines/start/action');
    const words = "perform action 'Microsoft.Compute/virtualMachines/start/action' over scope";
    expect(await cloud.power('mx', 'start')).toMatchObject(refusal(403, 'AuthorizationFailed', words));
    expect((await cloud.power('mx', 'deallocate')).status).toBe(202);
    await deny();
    await cloud.advance(2_000);
    expect((await cloud.power('mx', 'start')).status).toBe(202);
  });

  it.each([
    ['Microsoft.Compute/virtualMachines/read', () => cloud.list],
    ['Microsoft.Compute/virtualMachines/instanceView/read', () => `${cloud.vm('mx')}/instanceView`],
    ['Microsoft.Insights/eventtypes/values/read', () => cloud.log],
    ['Microsoft.Resources/subscriptions/read', () => cloud.path],
    ['Microsoft.Network/*', () => `${cloud.path}/providers/Microsoft.Network/networkInterfaces`],
  ])('may be %s', async (action, path) => {
    await deny(action);
    expect(await cloud.arm('GET', path())).toMatchObject({ status: 403 });
  });

  it('may be missing at one machine only', async () => {
    await cloud.create('web');
    await deny({ action: 'Microsoft.Compute/virtualMachines/*', scope: cloud.vm('web') });
    expect((await cloud.power('web', 'deallocate')).status).toBe(403);
    expect((await cloud.power('mx', 'deallocate')).status).toBe(202);
  });

  it('and a lock are both in the activity log', async () => {
    await deny('Microsoft.Compute/virtualMachines/start/action');
    await cloud.power('mx', 'start');
    await lockOn(cloud.path, 'ReadOnly');
    await cloud.power('mx', 'deallocate');
    await cloud.advance(1_000);
    const filter = encodeURIComponent("eventTimestamp ge '2026-01-10T11:00:00Z'");
    const { body } = await cloud.arm('GET', `${cloud.log}?$filter=${filter}&$select=subStatus,status`);
    const failed = (body as { value: { status: { value: string }; subStatus: { value: string } }[] }).value
      .filter(({ status }) => status.value === 'Failed')
      .map(({ subStatus }) => subStatus.value);
    expect(failed).toEqual(['Forbidden', 'Conflict']);
  });
});
