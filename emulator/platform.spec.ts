import { startEmulator, type RunningEmulator } from './emulator.js';
import { CloudClient } from './support/cloud-client.js';

let emulator: RunningEmulator;
let cloud: CloudClient;
beforeEach(async () => {
  emulator = await startEmulator();
  cloud = new CloudClient(emulator.url);
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  await cloud.createSubscription();
});
afterEach(() => emulator.stop());

const platform = (order: object) =>
  cloud.control('POST', `/subscriptions/${cloud.subscription}/platform`, order);
const vmIdOf = async (path: string) =>
  ((await cloud.arm('GET', path)).body as { properties: { vmId: string } }).properties.vmId;

async function callers(): Promise<readonly string[]> {
  await cloud.advance(2_500);
  const filter = encodeURIComponent(
    "eventTimestamp ge '2026-01-10T11:00:00Z' and resourceProvider eq 'Microsoft.Compute'",
  );
  const { body } = await cloud.arm('GET', `${cloud.log}?$filter=${filter}`);
  const { value } = body as {
    value: { caller: string; operationName: { value: string }; status: { value: string } }[];
  };
  return value
    .filter(({ status }) => status.value === 'Succeeded')
    .map(({ caller, operationName }) => `${caller} ${operationName.value.split('/').slice(2).join('/')}`);
}

describe('the platform', () => {
  it('evicts a spot machine, by its policy, and the log says that nobody asked', async () => {
    await cloud.create('cheap', { priority: 'Spot', evictionPolicy: 'Deallocate' });
    await cloud.create('gone', { priority: 'Spot', evictionPolicy: 'Delete' });
    expect((await platform({ action: 'evict', vmName: 'cheap' })).status).toBe(202);
    expect((await cloud.arm('POST', `${cloud.vm('gone')}/simulateEviction`)).status).toBe(204);
    expect((await callers()).filter((line) => line.startsWith('Microsoft.Compute'))).toEqual([
      'Microsoft.Compute deallocate/action',
      'Microsoft.Compute delete',
    ]);
    expect(await cloud.wire()).toEqual(['cheap deallocated off']);
  });

  it('evicts no machine that is no spot machine', async () => {
    await cloud.create('mx');
    expect((await platform({ action: 'evict', vmName: 'mx' })).status).toBe(400);
    expect((await cloud.arm('POST', `${cloud.vm('mx')}/simulateEviction`)).status).toBe(409);
    expect((await platform({ action: 'evict', vmName: 'none' })).status).toBe(404);
    expect((await platform({ action: 'delete' })).status).toBe(400);
  });

  it('deallocates the machines of a disabled subscription, whatever is under way, and nobody may start them', async () => {
    await cloud.create('mx');
    await cloud.create('web');
    await cloud.power('web', 'restart');
    await cloud.arm('PATCH', cloud.path, { body: { state: 'Disabled' } });
    expect((await platform({ action: 'deallocate' })).body).toEqual({ machines: 2 });
    await cloud.advance(2_000);
    expect(await cloud.wire()).toEqual(['mx deallocated off', 'web deallocated off']);
    expect(await cloud.power('mx', 'start')).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'ReadOnlyDisabledSubscription',
          message: expect.stringContaining('until it is re-enabled'),
        },
      },
    });
    await cloud.arm('PATCH', cloud.path, { body: { state: 'Enabled' } });
    expect((await cloud.power('mx', 'start')).status).toBe(202);
  });

  it('takes a whole subscription away', async () => {
    await cloud.create('mx');
    expect((await cloud.arm('DELETE', cloud.path)).status).toBe(200);
    expect(await cloud.power('mx', 'deallocate')).toMatchObject({
      status: 404,
      body: { error: { code: 'SubscriptionNotFound' } },
    });
  });
});

describe('an owner', () => {
  it('hibernates a machine that can be: its host is released, and its memory kept until the next start', async () => {
    await cloud.create('mx', { additionalCapabilities: { hibernationEnabled: true } });
    await cloud.arm('POST', `${cloud.vm('mx')}/deallocate?hibernate=true`);
    await cloud.advance(1_500);
    const view = async () => JSON.stringify((await cloud.arm('GET', `${cloud.vm('mx')}/instanceView`)).body);
    expect(await view()).toMatch(/PowerState\/deallocated.*HibernationState\/Hibernated/);
    expect(await cloud.wire()).toEqual(['mx deallocated off']);
    await cloud.power('mx', 'start');
    await cloud.advance(1_000);
    expect(await view()).not.toContain('Hibernat');
  });

  it('hibernates no machine that cannot be', async () => {
    await cloud.create('mx');
    expect(await cloud.arm('POST', `${cloud.vm('mx')}/deallocate?hibernate=true`)).toMatchObject({
      status: 409,
      body: { error: { code: 'OperationNotAllowed' } },
    });
  });

  it('moves a machine to another group: another id, the same vmId, the same host (F11)', async () => {
    await cloud.create('mx');
    const vmId = await vmIdOf(cloud.vm('mx'));
    await cloud.gate('open', 1);
    const order = { resources: [cloud.vm('mx')], targetResourceGroup: `${cloud.path}/resourceGroups/new` };
    const answer = await cloud.arm('POST', `${cloud.path}/resourceGroups/rg/moveResources`, { body: order });
    expect(answer.status).toBe(200);
    expect((await cloud.arm('GET', cloud.vm('mx'))).status).toBe(404);
    expect(await vmIdOf(cloud.vm('mx', 'new'))).toBe(vmId);
    expect(await cloud.wire()).toEqual(['mx running closed']);
  });

  it('moves a machine to another subscription, where another gate opens it (F11)', async () => {
    await cloud.create('mx');
    const other = new CloudClient(emulator.url);
    await other.createSubscription();
    const order = { resources: [cloud.vm('mx')], targetResourceGroup: `${other.path}/resourceGroups/rg` };
    await cloud.arm('POST', `${cloud.path}/resourceGroups/rg/moveResources`, { body: order });
    expect([await cloud.wire(), await other.wire()]).toEqual([[], ['mx running closed']]);
    await other.gate('open', 1);
    await other.power('mx', 'deallocate');
    await other.advance(1_500);
    await other.power('mx', 'start');
    await other.advance(1_000);
    expect(await other.wire()).toEqual(['mx running open']);
  });

  it('does not move a machine with which something is under way', async () => {
    await cloud.create('mx');
    await cloud.power('mx', 'deallocate');
    const order = { resources: [cloud.vm('mx')], targetResourceGroup: `${cloud.path}/resourceGroups/new` };
    const path = `${cloud.path}/resourceGroups/rg/moveResources`;
    expect((await cloud.arm('POST', path, { body: order })).status).toBe(409);
    expect((await cloud.arm('POST', path, { body: { ...order, targetResourceGroup: 'new' } })).status).toBe(
      400,
    );
  });

  it('takes a subscription to another tenant', async () => {
    const tenantId = '00000000-0000-4000-8000-0000000000cd';
    await cloud.arm('PATCH', cloud.path, { body: { tenantId } });
    expect((await cloud.arm('GET', cloud.path)).body).toMatchObject({ tenantId });
  });
});
