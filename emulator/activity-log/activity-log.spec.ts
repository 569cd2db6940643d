import { startEmulator, type RunningEmulator } from '../emulator.js';
import { CloudClient } from '../support/cloud-client.js';

interface LogRecord {
  readonly eventDataId: string;
  readonly correlationId: string;
  readonly resourceId: string;
  readonly operationName: { readonly value: string };
  readonly status: { readonly value: string };
  readonly [name: string]: unknown;
}

let emulator: RunningEmulator;
let cloud: CloudClient;
beforeEach(async () => {
  emulator = await startEmulator();
  cloud = new CloudClient(emulator.url);
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  await cloud.createSubscription();
  await cloud.create('Mx1');
  await cloud.advance(60_000);
});
afterEach(() => emulator.stop());

const since = '2026-01-10T12:00:30Z';
const read = async (filter = `eventTimestamp ge '${since}'`, more = '') =>
  cloud.arm('GET', `${cloud.log}?$filter=${encodeURIComponent(filter)}${more}`);
const records = async (filter?: string) => ((await read(filter)).body as { value: LogRecord[] }).value;
const manners = (order: object) => cloud.control('PUT', '/activity-log', order);
const told = (all: readonly LogRecord[]) =>
  all.map(
    ({ operationName, status }) => `${operationName.value.split('/').slice(2).join('/')} ${status.value}`,
  );

async function cycle(): Promise<void> {
  await cloud.power('Mx1', 'deallocate');
  await cloud.advance(2_000);
  await cloud.power('Mx1', 'start');
  await cloud.advance(2_000);
}

describe('the activity log', () => {
  it('tells several records an operation, the newest first, that share its correlation', async () => {
    await cycle();
    const all = await records();
    expect(told(all)).toEqual([
      'start/action Succeeded',
      'start/action Started',
      'start/action Accepted',
      'deallocate/action Succeeded',
      'deallocate/action Started',
      'deallocate/action Accepted',
    ]);
    expect(new Set(all.map(({ correlationId }) => correlationId)).size).toBe(2);
    expect(new Set(all.map(({ eventDataId }) => eventDataId)).size).toBe(6);
  });

  it('tells of each who, what, when and how it ended, as the real one does', async () => {
    await cycle();
    const [last] = await records();
    expect(last).toMatchObject({
      operationName: { value: 'Microsoft.Compute/virtualMachines/start/action' },
      status: { value: 'Succeeded', localizedValue: 'Succeeded' },
      subStatus: { value: '' },
      level: 'Informational',
      category: { value: 'Administrative' },
      resourceProviderName: { value: 'Microsoft.Compute' },
      resourceType: { value: 'Microsoft.Compute/virtualMachines' },
      caller: expect.stringMatching(/^[\da-f-]{36}$/),
      eventTimestamp: '2026-01-10T12:01:03.0000000Z',
      submissionTimestamp: '2026-01-10T12:01:03.5000000Z',
      subscriptionId: cloud.subscription,
    });
  });

  it('writes resource ids in any case (F12)', async () => {
    await cycle();
    await cycle();
    const ids = (await records()).map(({ resourceId }) => resourceId);
    expect(new Set(ids).size).toBeGreaterThan(1);
    expect(new Set(ids.map((id) => id.toLowerCase()))).toEqual(new Set([cloud.vm('mx1').toLowerCase()]));
    await manners({ caseChanges: false });
    expect(new Set((await records()).map(({ resourceId }) => resourceId))).toEqual(
      new Set([cloud.vm('Mx1')]),
    );
  });

  it('is late, and knows of the end of nothing that has not ended (F12)', async () => {
    await manners({ delayMs: 180_000 });
    await cloud.power('Mx1', 'deallocate');
    await cloud.advance(179_000);
    expect(await records()).toEqual([]);
    await cloud.advance(1_000);
    expect(told(await records())).toEqual(['deallocate/action Started', 'deallocate/action Accepted']);
    await cloud.advance(1_500);
    expect(told(await records())).toContain('deallocate/action Succeeded');
  });

  it('tells records more than once, under one id, and in no order (F12)', async () => {
    await cycle();
    const ordered = await records();
    await manners({ duplicates: 1, shuffle: true });
    await cloud.advance(1_000);
    const all = await records();
    expect(all).toHaveLength(12);
    expect(new Set(all.map(({ eventDataId }) => eventDataId)).size).toBe(6);
    expect(told(all)).not.toEqual(told([...ordered, ...ordered]));
  });

  it('tells a failure with its code, and a refusal that was never accepted', async () => {
    await cloud.power('Mx1', 'deallocate');
    await cloud.power('Mx1', 'start');
    await cloud.advance(2_000);
    await cloud.fault({ kind: 'operation-fails', times: 1 });
    await cloud.power('Mx1', 'start');
    await cloud.advance(2_000);
    const failures = (await records()).filter(({ status }) => status.value === 'Failed');
    expect(failures).toMatchObject([
      { level: 'Error', properties: { statusMessage: expect.stringContaining('AllocationFailed') } },
      { level: 'Error', subStatus: { value: 'Conflict' }, properties: { statusCode: 'Conflict' } },
    ]);
  });

  it('tells callers apart, and names who a token is', async () => {
    const claims = Buffer.from(JSON.stringify({ upn: 'ada@example.com' })).toString('base64url');
    await cloud.arm('POST', `${cloud.vm('Mx1')}/restart`, { token: `x.${claims}.y` });
    await cloud.advance(2_000);
    await cloud.arm('POST', `${cloud.vm('Mx1')}/restart`, { token: 'secret-of-another' });
    await cloud.advance(2_000);
    const all = await records();
    expect(all.filter(({ caller }) => caller === 'ada@example.com')).toHaveLength(3);
    expect(JSON.stringify(all)).not.toContain('secret-of-another');
  });
});

describe('a reader of the activity log', () => {
  it('reads page after page, and what arrives meanwhile moves nothing', async () => {
    await cloud.control('PUT', '/page-size', { pageSize: 4 });
    await cycle();
    const first = (await read()).body as { value: LogRecord[]; nextLink: string };
    await cycle();
    const second = (await cloud.arm('GET', first.nextLink)).body as { value: LogRecord[]; nextLink?: string };
    expect([...first.value, ...second.value].map(({ eventDataId }) => eventDataId).length).toBe(6);
    expect(new Set([...first.value, ...second.value].map(({ eventDataId }) => eventDataId)).size).toBe(6);
    expect([first.nextLink.startsWith(emulator.url), second.nextLink]).toEqual([true, undefined]);
  });

  it('asks by resource, group, provider or correlation, within times', async () => {
    await cycle();
    const [{ correlationId } = { correlationId: '' }] = await records();
    const count = async (clause: string) =>
      (await records(`eventTimestamp ge '${since}' and ${clause}`)).length;
    expect(await count(`resourceUri eq '${cloud.vm('MX1')}'`)).toBe(6);
    expect(await count(`resourceUri eq '${cloud.vm('other')}'`)).toBe(0);
    expect(await count("resourceGroupName eq 'RG'")).toBe(6);
    expect(await count("resourceProvider eq 'Microsoft.Compute'")).toBe(6);
    expect(await count(`correlationId eq '${correlationId}'`)).toBe(3);
    expect(await count("eventTimestamp le '2026-01-10T12:01:01Z'")).toBe(2);
  });

  it('gets the properties that it selects', async () => {
    await cycle();
    const { body } = await read(undefined, '&$select=EventDataId,status');
    const [first = {}] = (body as { value: object[] }).value;
    expect(Object.keys(first)).toEqual(['eventDataId', 'status']);
  });

  it.each([
    ['', 'is not supported'],
    ["resourceUri eq 'x'", 'must contain a start time'],
    ["eventTimestamp ge '2025-01-10T12:00:00Z'", '90 days'],
    ["eventTimestamp ge 'then'", 'is no time'],
    [`eventTimestamp ge '${since}' and status eq 'Succeeded'`, 'is not supported'],
  ])('is refused the filter %j', async (filter, words) => {
    expect(await read(filter)).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', message: expect.stringContaining(words) } },
    });
  });
});
