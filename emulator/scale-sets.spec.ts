import { startEmulator, type RunningEmulator } from './emulator.js';
import { CloudClient, operationOf } from './support/cloud-client.js';

const type = 'Microsoft.Compute/virtualMachineScaleSets';

let emulator: RunningEmulator;
let cloud: CloudClient;
let set: string;
beforeEach(async () => {
  emulator = await startEmulator();
  cloud = new CloudClient(emulator.url);
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  await cloud.createSubscription();
  set = cloud.resource(type, 'farm');
});
afterEach(() => emulator.stop());

const put = (capacity: number, orchestrationMode: string, more: object = {}) =>
  cloud.put(set, {
    location: 'westeurope',
    sku: { name: 'Standard_B2s', capacity },
    properties: { orchestrationMode },
    ...more,
  });

interface Member {
  readonly instanceId: string;
  readonly name: string;
  readonly zones?: readonly string[];
  readonly properties: { readonly vmId: string; readonly instanceView?: object };
}

const members = async (query = '') =>
  ((await cloud.arm('GET', `${set}/virtualMachines${query}`)).body as { value: Member[] }).value;

describe('a uniform scale set', () => {
  it('has instances of its own, in no listing of machines, with their power states where asked', async () => {
    expect(await put(2, 'Uniform')).toMatchObject({
      status: 201,
      body: { sku: { capacity: 2 }, properties: { orchestrationMode: 'Uniform' } },
    });
    expect((await members()).map(({ instanceId }) => instanceId)).toEqual(['0', '1']);
    expect(await cloud.listAll()).toEqual({ names: [], pages: 1 });
    const [first] = await members('?$expand=instanceView');
    expect(JSON.stringify(first)).toContain('PowerState/running');
    expect(await cloud.wire()).toEqual(['farm_0 running closed', 'farm_1 running closed']);
  });

  it('cycles one instance at a time, which takes the gate’s position (I6)', async () => {
    await put(2, 'Uniform');
    await cloud.gate('open', 1);
    const stop = await cloud.arm('POST', `${set}/virtualMachines/1/deallocate`);
    expect(stop.status).toBe(202);
    await cloud.advance(1_500);
    expect((await cloud.arm('GET', operationOf(stop))).body).toMatchObject({ status: 'Succeeded' });
    expect(await cloud.wire()).toEqual(['farm_0 running closed', 'farm_1 deallocated off']);
    await cloud.arm('POST', `${set}/virtualMachines/1/start`);
    await cloud.advance(1_000);
    expect(await cloud.wire()).toEqual(['farm_0 running closed', 'farm_1 running open']);
  });

  it('is read, instance by instance, and logged under a name of its own', async () => {
    await put(1, 'Uniform');
    const one = `${set}/virtualMachines/0`;
    expect((await cloud.arm('GET', one)).body).toMatchObject({ instanceId: '0', name: 'farm_0' });
    expect((await cloud.arm('GET', `${one}/instanceView`)).status).toBe(200);
    expect((await cloud.arm('GET', `${set}/virtualMachines/7`)).status).toBe(404);
    await cloud.arm('POST', `${one}/deallocate`);
    await cloud.advance(2_500);
    const filter = encodeURIComponent("eventTimestamp ge '2026-01-10T11:00:00Z'");
    const log = JSON.stringify((await cloud.arm('GET', `${cloud.log}?$filter=${filter}`)).body);
    expect(log).toContain('Microsoft.Compute/virtualMachineScaleSets/virtualMachines/deallocate/action');
  });

  it('loses its newest instances when it shrinks, and never uses a number again (F11)', async () => {
    await put(3, 'Uniform');
    const [kept] = await members();
    await put(1, 'Uniform');
    expect(await cloud.arm('GET', `${set}/virtualMachines/2`)).toMatchObject({
      status: 404,
      body: { error: { code: 'ResourceNotFound' } },
    });
    await put(2, 'Uniform');
    const now = await members();
    expect(now.map(({ instanceId }) => instanceId)).toEqual(['0', '3']);
    expect(now[0]?.properties.vmId).toBe(kept?.properties.vmId);
  });

  it('has buckets of its own, counted over all its instances', async () => {
    await put(1, 'Uniform');
    const { headers } = await cloud.arm('POST', `${set}/virtualMachines/0/deallocate`);
    const left = headers.get('x-ms-ratelimit-remaining-resource');
    expect(left).toBe('Microsoft.Compute/DeallocateVMScaleSetVM;524');
  });

  it('spreads its instances over its zones', async () => {
    await put(3, 'Uniform', { zones: ['1', '2'] });
    expect((await members()).map(({ zones }) => zones?.join())).toEqual(['1', '2', '1']);
  });
});

describe('a whole scale set', () => {
  const filter = encodeURIComponent("eventTimestamp ge '2026-01-10T11:00:00Z'");
  const log = async () => JSON.stringify((await cloud.arm('GET', `${cloud.log}?$filter=${filter}`)).body);

  it('is stopped by one call, and the log names the set and none of its machines', async () => {
    await put(3, 'Uniform');
    const stop = await cloud.arm('POST', `${set}/deallocate`);
    await cloud.advance(2_500);
    expect((await cloud.arm('GET', operationOf(stop))).body).toMatchObject({ status: 'Succeeded' });
    expect(await cloud.wire()).toEqual(
      ['farm_0', 'farm_1', 'farm_2'].map((name) => `${name} deallocated off`),
    );
    expect(await log()).toContain('"Microsoft.Compute/virtualMachineScaleSets/deallocate/action"');
    expect(await log()).not.toContain('virtualMachineScaleSets/virtualMachines/deallocate/action');
  });

  it('is stopped in part, where instances are named, and not at all while one is busy', async () => {
    await put(2, 'Uniform');
    const body = { instanceIds: ['1'] };
    expect((await cloud.arm('POST', `${set}/deallocate`, { body })).status).toBe(202);
    expect((await cloud.arm('POST', `${set}/deallocate`)).status).toBe(409);
    await cloud.advance(1_500);
    expect(await cloud.wire()).toEqual(['farm_0 running closed', 'farm_1 deallocated off']);
    expect((await cloud.arm('POST', `${set}/start`, { body: { instanceIds: ['9'] } })).status).toBe(409);
    expect((await cloud.arm('POST', `${set}/explode`)).status).toBe(405);
  });

  it('may be of a flexible one', async () => {
    await put(2, 'Flexible');
    await cloud.arm('POST', `${set}/deallocate`);
    await cloud.advance(1_500);
    expect((await cloud.wire()).every((row) => row.endsWith('deallocated off'))).toBe(true);
  });
});

describe('a flexible scale set', () => {
  it('has ordinary machines that name it, made with it or by themselves', async () => {
    await put(1, 'Flexible');
    await cloud.create('joined', { virtualMachineScaleSet: { id: set.toUpperCase() } });
    const { names } = await cloud.listAll();
    expect(names).toEqual([expect.stringMatching(/^farm_[\da-f]{8}$/), 'joined']);
    expect((await members()).map(({ instanceId }) => instanceId)).toEqual(names);
    expect((await cloud.arm('GET', set)).body).toMatchObject({ sku: { capacity: 2 } });
    expect((await cloud.power('joined', 'deallocate')).status).toBe(202);
    expect(await cloud.wire()).toHaveLength(2);
  });
});

describe('scale sets', () => {
  it('are listed by subscription and by group, and take their machines along', async () => {
    await put(2, 'Uniform');
    await cloud.put(cloud.resource(type, 'other', 'elsewhere'), { sku: { capacity: 1 } });
    const all = await cloud.arm('GET', `${cloud.path}/providers/${type}`);
    expect(all.body).toMatchObject({ value: [{ name: 'farm' }, { name: 'other' }] });
    const group = await cloud.arm('GET', `${cloud.path}/resourceGroups/RG/providers/${type}`);
    expect((group.body as { value: object[] }).value).toHaveLength(1);
    await cloud.arm('DELETE', set);
    expect((await cloud.arm('GET', `${set}/virtualMachines`)).status).toBe(404);
    expect(await cloud.wire()).toHaveLength(1);
  });
});
