import { randomUUID } from 'node:crypto';
import { AzureActivityLog } from '../../src/adapters/azure/activity-log.adapter.js';
import { ArmBudget } from '../../src/adapters/azure/arm-budget.js';
import { ArmClient } from '../../src/adapters/azure/arm-client.js';
import type { Taking } from '../../src/domain/enforcement/call-bucket.js';
import { CallBudget, type CallCharge } from '../../src/domain/ports/call-budget.js';
import type { LogReading } from '../../src/domain/ports/activity-log.js';
import { sendJson, startLoopbackServer, type LoopbackServer } from '../support/loopback-server.js';

const subscriptionId = '10000000-0000-4000-8000-000000000001';
const place = `/subscriptions/${subscriptionId}/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/Mx1`;
const since = '2026-03-01T12:00:00.000Z';

function record(differs: Readonly<Record<string, unknown>> = {}) {
  return {
    eventDataId: randomUUID(),
    eventTimestamp: '2026-03-01T12:30:00.1234567Z',
    correlationId: 'AAAA0000-0000-4000-8000-000000000001',
    operationName: { value: 'Microsoft.Compute/virtualMachines/deallocate/action' },
    status: { value: 'Succeeded' },
    resourceId: place,
    ...differs,
  };
}

let server: LoopbackServer;
let pages: readonly unknown[];
beforeEach(async () => {
  pages = [];
  server = await startLoopbackServer((request, response) => {
    const page = Number(new URL(request.url, server.url).searchParams.get('page') ?? 0);
    const body = pages[page];
    if (body === undefined) sendJson(response, 403, { error: { code: 'AuthorizationFailed' } });
    else sendJson(response, 200, body);
  });
});
afterEach(() => server.stop());

const read = (): Promise<LogReading> =>
  new AzureActivityLog(new ArmClient(server.url, { token: () => Promise.resolve('any') })).read(
    subscriptionId,
    since,
  );

/** Has no token, and remembers who asked. */
class Empty extends CallBudget {
  readonly asked: CallCharge[] = [];
  override take(charge: CallCharge): Promise<Taking> {
    this.asked.push(charge);
    return Promise.resolve({ kind: 'denied', inMs: 4_000 });
  }
  override heard(): Promise<void> {
    return Promise.resolve();
  }
}

describe('the activity log of Azure and the cloud’s budget (I16)', () => {
  it('is not asked without a token, and the end of a right goes first', async () => {
    const budget = new Empty();
    const arm = new ArmClient(
      server.url,
      { token: () => Promise.resolve('any') },
      undefined,
      new ArmBudget(budget),
    );
    const answer = await new AzureActivityLog(arm).read(subscriptionId, since, {
      region: null,
      isUrgent: true,
    });
    expect(answer).toEqual({ kind: 'unread', code: 'no-token', retryAfterSeconds: 4 });
    expect(budget.asked).toMatchObject([{ subscriptionId, policy: 'ActivityLogReads', isUrgent: true }]);
    expect(server.seen).toEqual([]);
  });
});

describe('the activity log of Azure (F12, OWASP API10)', () => {
  it('is asked for compute since an instant, and told in our words', async () => {
    pages = [{ value: [record({ httpRequest: { clientRequestId: 'MINE' } })] }];
    expect(await read()).toEqual({
      kind: 'read',
      isWhole: true,
      operations: [
        {
          about: 'machine',
          what: 'deallocated',
          at: '2026-03-01T12:30:00.123Z',
          resourceId: place.toLowerCase(),
          correlationId: 'aaaa0000-0000-4000-8000-000000000001',
          callerId: 'mine',
        },
      ],
    });
    const asked = new URL(server.seen[0]?.url ?? '', server.url);
    expect(asked.pathname).toBe(
      `/subscriptions/${subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values`,
    );
    expect(asked.searchParams.get('api-version')).toBe('2015-04-01');
    expect(asked.searchParams.get('$filter')).toBe(
      `eventTimestamp ge '${since}' and resourceProvider eq 'Microsoft.Compute'`,
    );
  });

  it('counts a record once, however often and in whatever case it is told', async () => {
    const one = record();
    const again = { ...one, eventDataId: one.eventDataId.toUpperCase(), resourceId: place.toUpperCase() };
    pages = [{ value: [one, again], nextLink: `${server.url}/more?page=1` }, { value: [again, one] }];
    const reading = await read();
    expect(reading.kind === 'read' ? reading.operations : []).toHaveLength(1);
  });

  it.each([
    ['/virtualMachines/deallocate/action', 'machine deallocated'],
    ['/virtualMachines/start/action', 'machine started'],
    ['/virtualMachines/delete', 'machine deleted'],
    ['/deallocate/action', 'scale-set deallocated'],
    ['/delete', 'scale-set deleted'],
    // Some of its instances, and which ones stands in no record; they are missed one by one.
    ['/delete/action', undefined],
    ['/reimage/action', undefined],
  ])('tells of scale sets and their instances: %s', async (name, told) => {
    const value = `MICROSOFT.Compute/virtualMachineScaleSets${name}`;
    pages = [{ value: [record({ operationName: { value } })] }];
    const reading = await read();
    const [one] = reading.kind === 'read' ? reading.operations : [];
    expect(one === undefined ? undefined : `${one.about} ${one.what}`).toBe(told);
  });

  const write = { operationName: { value: 'Microsoft.Compute/virtualMachines/write' } };
  const vmId = '0E000000-0000-4000-8000-00000000000A';
  const told = (responseBody: string) => ({ ...write, properties: { statusCode: 'Created', responseBody } });
  const asCreated = { subStatus: { value: 'Created', localizedValue: 'Created (HTTP Status Code: 201)' } };

  it.each([
    [
      'that was taken',
      { ...told(JSON.stringify({ properties: { vmId } })), ...asCreated, status: { value: 'Accepted' } },
      vmId.toLowerCase(),
    ],
    [
      'that was done within its call',
      { ...told(JSON.stringify({ properties: { vmId } })), ...asCreated },
      vmId.toLowerCase(),
    ],
    ['whose answer is cut off', { ...told('{"properties":{"vmId":"0E0'), ...asCreated }, null],
    ['whose answer is not told', { ...write, ...asCreated }, null],
    ['whose answer names something else', { ...told('{"properties":{"vmId":"a b"}}'), ...asCreated }, null],
  ])('tells of a create %s, and of which machine where it says', async (_name, differs, named) => {
    pages = [{ value: [record(differs)] }];
    const reading = await read();
    expect(reading.kind === 'read' ? reading.operations : []).toMatchObject([
      { about: 'machine', what: 'created', resourceId: place.toLowerCase(), vmId: named },
    ]);
  });

  it.each([
    ['a change', { ...write, subStatus: { value: 'OK' } }],
    ['the end of a change, or of a create that was told before', { ...write, subStatus: { value: '' } }],
    ['a create that has only begun', { ...write, ...asCreated, status: { value: 'Started' } }],
    ['a create that failed', { ...write, ...asCreated, status: { value: 'Failed' } }],
    ['a disk that was created', { operationName: { value: 'Microsoft.Compute/disks/write' }, ...asCreated }],
  ])('is no create: %s', async (_name, differs) => {
    pages = [{ value: [record(differs)] }];
    const reading = await read();
    expect(reading.kind === 'read' ? reading.operations : null).toEqual([]);
  });

  it('tells moves out of its own groups from moves out of those of another subscription', async () => {
    const moves = {
      operationName: { value: 'Microsoft.Resources/subscriptions/resourceGroups/moveResources/action' },
    };
    const own = `/subscriptions/${subscriptionId.toUpperCase()}/resourceGroups/RG`;
    const foreign = '/subscriptions/20000000-0000-4000-8000-000000000002/resourcegroups/other';
    pages = [{ value: [record({ ...moves, resourceId: own }), record({ ...moves, resourceId: foreign })] }];
    const log = new AzureActivityLog(new ArmClient(server.url, { token: () => Promise.resolve('any') }));
    const at = '2026-03-01T12:30:00.123Z';
    expect(await log.readMoves(subscriptionId, since)).toEqual({
      kind: 'read',
      isWhole: true,
      operations: [
        { direction: 'out', group: own.toLowerCase(), at },
        { direction: 'in', group: foreign, at },
      ],
    });
  });

  it.each([
    ['what has only begun', { status: { value: 'Started' } }],
    ['what failed', { status: { value: 'Failed' } }],
    ['a restart', { operationName: { value: 'Microsoft.Compute/virtualMachines/restart/action' } }],
    ['an operation of nobody', { correlationId: 'a\u0000b' }],
    ['a time that is none', { eventTimestamp: 'yesterday' }],
    ['a name that no column takes', { resourceId: `${place}\u0007` }],
    ['a record without its parts', { status: null, operationName: 7 }],
  ])('passes over %s, and reads the others', async (_name, differs) => {
    pages = [{ value: [record(differs), null, record()] }];
    const reading = await read();
    expect(reading.kind === 'read' ? reading.operations.map(({ what }) => what) : []).toEqual([
      'deallocated',
    ]);
  });

  it('is unread where it is refused, cut short, or goes on elsewhere: the token stays with the cloud (F10)', async () => {
    expect(await read()).toMatchObject({ kind: 'unread', code: 'AuthorizationFailed' });
    pages = [{ value: [record()], nextLink: 'https://elsewhere.example/values' }];
    expect(await read()).toMatchObject({ kind: 'unread', code: 'next-page-on-another-host' });
    pages = [{ value: 'nothing' }];
    expect(await read()).toMatchObject({ kind: 'unread', code: 'answer-not-understood' });
  });

  it('is read 20 pages far, and then is not whole', async () => {
    pages = Array.from({ length: 40 }, (_, page) => ({
      value: [record()],
      nextLink: `${server.url}/more?page=${String(page + 1)}`,
    }));
    const reading = await read();
    expect(reading).toMatchObject({ kind: 'read', isWhole: false });
    expect(server.seen).toHaveLength(20);
  });
});
