import { startEmulator, type RunningEmulator } from './emulator.js';
import { CloudClient } from './support/cloud-client.js';

let emulator: RunningEmulator;
let from: CloudClient;
let to: CloudClient;
const since = '2026-01-10T11:00:00Z';
const setType = 'Microsoft.Compute/availabilitySets';

beforeEach(async () => {
  emulator = await startEmulator();
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  [from, to] = [new CloudClient(emulator.url), new CloudClient(emulator.url)];
  await from.createSubscription();
  await to.createSubscription();
  await from.gate('open', 7);
  await from.create('mx1');
  await to.gate('closed', 3);
  await from.advance(600_000);
});
afterEach(() => emulator.stop());

async function move(source: CloudClient, target: CloudClient, ...names: string[]) {
  const body = {
    resources: names.map((name) => source.vm(name)),
    targetResourceGroup: `${target.path}/resourceGroups/rg`,
  };
  return source.arm('POST', `${source.path}/resourceGroups/rg/moveResources`, { body });
}

interface Truth {
  readonly subscriptions: readonly {
    readonly subscriptionId: string;
    readonly virtualMachines: readonly Record<string, unknown>[];
  }[];
}
const truth = async () => ((await from.control('GET', '/port25')).body as Truth).subscriptions;
const truthIn = async (cloud: CloudClient) =>
  (await truth()).find(({ subscriptionId }) => subscriptionId === cloud.subscription)?.virtualMachines;

interface LogRecord {
  readonly operationName: { readonly value: string };
  readonly status: { readonly value: string };
  readonly subStatus: { readonly value: string };
  readonly properties: { readonly statusCode?: string; readonly responseBody?: string };
}
async function recordsOf(cloud: CloudClient): Promise<readonly LogRecord[]> {
  await cloud.advance(1_000);
  const filter = encodeURIComponent(`eventTimestamp ge '${since}'`);
  const { body } = await cloud.arm('GET', `${cloud.log}?$filter=${filter}`);
  return (body as { value: LogRecord[] }).value.toReversed();
}
const toldOf = async (cloud: CloudClient) =>
  (await recordsOf(cloud)).map(({ operationName, status, subStatus }) =>
    `${operationName.value.split('/').slice(-2).join('/')} ${status.value} ${subStatus.value}`.trim(),
  );

describe('a machine that is moved to another subscription', () => {
  it('keeps its host, what it carries, its vmId and when it was created; its id is another one', async () => {
    const [before] = (await truthIn(from)) ?? [];
    expect((await move(from, to, 'mx1')).status).toBe(200);
    const [after] = (await truthIn(to)) ?? [];
    expect(await truthIn(from)).toEqual([]);
    expect(after).toEqual({ ...before, hereSince: '2026-01-10T12:10:00.000Z' });
    expect(after).toMatchObject({
      carried: 'open',
      port25: 'open',
      tookHostUnder: { subscriptionId: from.subscription, fence: 7 },
    });
    expect((await to.arm('GET', to.vm('mx1'))).body).toMatchObject({
      properties: { vmId: after?.vmId, timeCreated: '2026-01-10T12:00:00.0000000+00:00' },
    });
  });

  it('takes its next host under the gate of where it lies then', async () => {
    await move(from, to, 'mx1');
    await to.power('mx1', 'deallocate');
    await to.advance(2_000);
    await to.power('mx1', 'start');
    await to.advance(2_000);
    expect(await truthIn(to)).toMatchObject([
      { port25: 'closed', tookHostUnder: { subscriptionId: to.subscription, fence: 3 } },
    ]);
  });

  it('may be moved back', async () => {
    await move(from, to, 'mx1');
    expect((await move(to, from, 'mx1')).status).toBe(200);
    expect(await truthIn(from)).toMatchObject([{ name: 'mx1', carried: 'open' }]);
  });

  it('is told by the log of where it was moved from; the other one tells nothing, unless it is told to', async () => {
    await move(from, to, 'mx1');
    expect((await toldOf(from)).toSorted()).toEqual([
      'moveResources/action Started',
      'moveResources/action Succeeded OK',
      'virtualMachines/write Accepted Created',
      'virtualMachines/write Started',
      'virtualMachines/write Succeeded',
    ]);
    expect(await toldOf(to)).toEqual([]);
    await from.control('PUT', '/activity-log', { destinationTells: 'move' });
    await move(to, from, 'mx1');
    expect(await toldOf(from)).toContain('moveResources/action Succeeded OK');
    await from.control('PUT', '/activity-log', { destinationTells: 'created' });
    await move(from, to, 'mx1');
    expect(await toldOf(to)).toContain('virtualMachines/write Accepted Created');
  });

  it('is not moved out of its availability set while others stay in it', async () => {
    const set = from.resource(setType, 'pair');
    await from.put(set, { location: 'westeurope' });
    for (const name of ['mx2', 'mx3']) await from.create(name, { availabilitySet: { id: set } });
    expect(await move(from, to, 'mx2')).toMatchObject({
      status: 409,
      body: { error: { code: 'ResourceMoveProviderValidationFailed' } },
    });
    expect((await move(from, to, 'mx2', 'mx3')).status).toBe(200);
  });

  it.each([
    ['from', () => from],
    ['to', () => to],
  ])('is not moved while a ReadOnly lock stands where it is moved %s', async (_which, locked) => {
    const lock = `${locked().path}/providers/Microsoft.Authorization/locks/keep`;
    await locked().put(lock, { properties: { level: 'ReadOnly' } });
    expect(await move(from, to, 'mx1')).toMatchObject({
      status: 409,
      body: { error: { code: 'ScopeLocked' } },
    });
    expect(await truthIn(to)).toEqual([]);
  });
});

it('the log tells a create from a change, and what the creator was answered', async () => {
  await from.create('mx1', { hardwareProfile: { vmSize: 'Standard_B2s' } });
  const records = await recordsOf(from);
  const accepted = records.find(({ status }) => status.value === 'Accepted');
  const changed = records.find(({ subStatus }) => subStatus.value === 'OK');
  const [machine] = (await truthIn(from)) ?? [];
  expect(accepted?.properties.statusCode).toBe('Created');
  expect(JSON.parse(accepted?.properties.responseBody ?? '{}')).toMatchObject({
    properties: { vmId: machine?.vmId },
  });
  expect([changed?.status.value, changed?.properties.statusCode]).toEqual(['Succeeded', 'OK']);
  expect(records).toHaveLength(5);
});
