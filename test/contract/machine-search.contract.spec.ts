import { randomUUID } from 'node:crypto';
import { startEmulator, type RunningEmulator } from '../../emulator/emulator.js';
import { CloudClient } from '../../emulator/support/cloud-client.js';
import { ArmBudget } from '../../src/adapters/azure/arm-budget.js';
import { ArmClient } from '../../src/adapters/azure/arm-client.js';
import { AzureMachineSearch } from '../../src/adapters/azure/resource-graph.adapter.js';
import type { CloudWord, Taking } from '../../src/domain/enforcement/call-bucket.js';
import { CallBudget, type CallCharge } from '../../src/domain/ports/call-budget.js';
import type { MachineSearch } from '../../src/domain/ports/machine-search.js';
import { FakeMachineSearch } from '../support/fake-machine-search.js';
import { sendJson, startLoopbackServer, type LoopbackServer } from '../support/loopback-server.js';

/** An index under test, and what a test does to the machines that it shows. */
interface SearchUnderTest {
  readonly search: MachineSearch;
  /** A new machine of a new subscription; gives what is to be found of it. */
  create(name: string): Promise<Place>;
  /** Gives where it lies then. */
  move(place: Place): Promise<Place>;
  remove(place: Place): Promise<void>;
  stop(): Promise<void>;
}

interface Place {
  readonly vmId: string;
  readonly resourceId: string;
  readonly subscriptionId: string;
  readonly name: string;
  readonly location: string;
}

const token = { token: () => Promise.resolve('any') };

async function emulated(): Promise<SearchUnderTest> {
  const emulator = await startEmulator();
  emulator.world.pageSize = 1;
  emulator.world.resourceGraph.manners = { lagMs: 0, queries: 1_000, windowMs: 5_000 };
  const placeOf = (cloud: CloudClient, name: string): Place => {
    const subscription = emulator.world.cloud.subscription(cloud.subscription);
    const { id, vmId, location } = emulator.world.cloud.machine(subscription, 'rg', name);
    return { vmId, resourceId: id, subscriptionId: cloud.subscription, name, location };
  };
  const newCloud = async () => {
    const cloud = new CloudClient(emulator.url);
    await cloud.createSubscription();
    return cloud;
  };
  return {
    search: new AzureMachineSearch(new ArmClient(emulator.url, token)),
    create: async (name) => {
      const cloud = await newCloud();
      await cloud.create(name);
      return placeOf(cloud, name);
    },
    move: async ({ resourceId, name }) => {
      const to = await newCloud();
      const [group = ''] = resourceId.split('/providers/');
      const body = { resources: [resourceId], targetResourceGroup: `${to.path}/resourceGroups/rg` };
      await to.put(`${to.path}/resourceGroups/rg`, { location: 'westeurope' });
      const { status } = await to.arm('POST', `${group}/moveResources`, { body });
      expect(status).toBeLessThan(300);
      emulator.world.clock.advance(600_000);
      return placeOf(to, name);
    },
    remove: async ({ resourceId, subscriptionId, name }) => {
      const subscription = emulator.world.cloud.subscription(subscriptionId);
      emulator.world.cloud.removeMachine(
        subscription,
        emulator.world.cloud.machine(subscription, 'rg', name),
      );
      await Promise.resolve(resourceId);
    },
    stop: () => emulator.stop(),
  };
}

function fake(): Promise<SearchUnderTest> {
  const search = new FakeMachineSearch();
  const shown = (place: Omit<Place, 'subscriptionId' | 'resourceId'>) => {
    const subscriptionId = randomUUID();
    const resourceId = `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/${place.name}`;
    search.show({ ...place, resourceId });
    return { ...place, resourceId, subscriptionId };
  };
  return Promise.resolve({
    search,
    create: (name) => Promise.resolve(shown({ vmId: randomUUID(), name, location: 'westeurope' })),
    move: (place) => {
      search.hide(place.resourceId);
      return Promise.resolve(shown({ vmId: place.vmId, name: place.name, location: place.location }));
    },
    remove: ({ resourceId }) => {
      search.hide(resourceId);
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  });
}

describe.each([
  ['Azure Resource Graph on the emulated cloud', emulated],
  ['the fake search', fake],
])('%s', (_name, make) => {
  let under: SearchUnderTest;
  beforeEach(async () => void (under = await make()));
  afterEach(() => under.stop());

  it('finds machines in every subscription, over all pages, in whatever case their ids are asked for', async () => {
    const places = [await under.create('mx1'), await under.create('mx2'), await under.create('mx3')];
    await under.create('mx4');
    const answer = await under.search.findByVmId(places.map(({ vmId }) => vmId.toUpperCase()));
    if (answer.kind !== 'answered') throw new Error(answer.code);
    expect(answer.machines).toHaveLength(3);
    expect(answer.machines).toEqual(expect.arrayContaining(places));
  });

  it('finds a machine where it was moved to, under the vmId that it keeps', async () => {
    const before = await under.create('mx1');
    const after = await under.move(before);
    expect(after.subscriptionId).not.toBe(before.subscriptionId);
    expect(await under.search.findByVmId([before.vmId])).toEqual({ kind: 'answered', machines: [after] });
  });

  it('answers with nothing for a machine that was deleted, and for no machine at all', async () => {
    const place = await under.create('mx1');
    await under.remove(place);
    expect(await under.search.findByVmId([place.vmId])).toEqual({ kind: 'answered', machines: [] });
    expect(await under.search.findByVmId([])).toEqual({ kind: 'answered', machines: [] });
  });

  it.each([
    ["' or 1 == 1 | project vmId = '"],
    ['00000000-0000-4000-8000-00000000000'],
    ["00000000-0000-4000-8000-000000000001') | take 1 //"],
    [''],
  ])('never asks for an id that is none, and does not say that it was not found: %j', async (vmId) => {
    const { vmId: known } = await under.create('mx1');
    expect(await under.search.findByVmId([known, vmId])).toMatchObject({
      kind: 'unavailable',
      code: 'vm-id-is-no-uuid',
    });
  });
});

describe('Azure Resource Graph on the emulated cloud', () => {
  let emulator: RunningEmulator;
  let cloud: CloudClient;
  const search = () => new AzureMachineSearch(new ArmClient(emulator.url, token));
  const vmIdOf = async (name: string) =>
    ((await cloud.arm('GET', cloud.vm(name))).body as { properties: { vmId: string } }).properties.vmId;
  beforeEach(async () => {
    emulator = await startEmulator();
    emulator.world.clock.set('2026-01-10T12:00:00.000Z');
    cloud = new CloudClient(emulator.url);
    await cloud.createSubscription();
    await cloud.create('mx1');
  });
  afterEach(() => emulator.stop());

  it('shows a machine minutes after it was made, and minutes after it was deleted', async () => {
    await cloud.control('PUT', '/resource-graph', { lagMs: 180_000 });
    const vmId = await vmIdOf('mx1');
    expect(await search().findByVmId([vmId])).toEqual({ kind: 'answered', machines: [] });
    await cloud.advance(180_000);
    expect(await search().findByVmId([vmId])).toMatchObject({ machines: [{ name: 'mx1' }] });
    await cloud.arm('DELETE', cloud.vm('mx1'));
    await cloud.advance(60_000);
    expect((await cloud.arm('GET', cloud.vm('mx1'))).status).toBe(404);
    expect(await search().findByVmId([vmId])).toMatchObject({ machines: [{ name: 'mx1' }] });
    await cloud.advance(180_000);
    expect(await search().findByVmId([vmId])).toEqual({ kind: 'answered', machines: [] });
  });

  it('does not show what its caller may not read, and says nothing of it', async () => {
    const vmId = await vmIdOf('mx1');
    const rights = `/subscriptions/${cloud.subscription}/rights`;
    await cloud.control('PUT', rights, { denied: ['Microsoft.Compute/virtualMachines/read'] });
    expect(await search().findByVmId([vmId])).toEqual({ kind: 'answered', machines: [] });
  });

  it('finds instances of uniform scale sets, which are no machines of their own', async () => {
    const set = cloud.resource('Microsoft.Compute/virtualMachineScaleSets', 'pool');
    await cloud.put(set, { location: 'westeurope', sku: { capacity: 2 } });
    const { body } = await cloud.arm('GET', `${set}/virtualMachines`);
    const [, second] = (body as { value: { properties: { vmId: string } }[] }).value;
    expect(await search().findByVmId([second?.properties.vmId ?? ''])).toMatchObject({
      machines: [{ name: 'pool_1', resourceId: `${set}/virtualMachines/1` }],
    });
  });

  it('is throttled a caller, and says for how long by a header of its own (I16)', async () => {
    const vmId = await vmIdOf('mx1');
    await cloud.control('PUT', '/resource-graph', { queries: 2, windowMs: 5_000 });
    await search().findByVmId([vmId]);
    await search().findByVmId([vmId]);
    await cloud.advance(2_000);
    expect(await search().findByVmId([vmId])).toEqual({
      kind: 'unavailable',
      code: 'http-429',
      retryAfterSeconds: 3,
    });
    await cloud.advance(3_000);
    expect((await search().findByVmId([vmId])).kind).toBe('answered');
  });
});

/** Lets everything through, and remembers what was asked and what it was told. */
class Listening extends CallBudget {
  readonly charges: CallCharge[] = [];
  readonly words: CloudWord[] = [];
  override take(charge: CallCharge): Promise<Taking> {
    this.charges.push(charge);
    return Promise.resolve({ kind: 'granted' });
  }
  override heard(_charge: unknown, word: CloudWord): Promise<void> {
    this.words.push(word);
    return Promise.resolve();
  }
}

describe('what the search makes of an answer (F24, OWASP API7, API10)', () => {
  const vmId = '10000000-0000-4000-8000-00000000000a';
  const subscriptionId = '20000000-0000-4000-8000-000000000001';
  const row = {
    id: `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/mx1`,
    name: 'mx1',
    location: 'westeurope',
    subscriptionId,
    vmId,
  };
  const page = (differs: object = {}) => ({
    totalRecords: 1,
    count: 1,
    resultTruncated: 'false',
    facets: [],
    data: [row],
    ...differs,
  });
  let server: LoopbackServer;
  let status: number;
  let headers: Record<string, string>;
  let pages: readonly unknown[];
  let asked: unknown[];
  const budget = new Listening();
  const find = (vmIds: readonly string[] = [vmId]) =>
    new AzureMachineSearch(new ArmClient(server.url, token, undefined, new ArmBudget(budget))).findByVmId(
      vmIds,
    );
  beforeEach(async () => {
    [status, headers, pages, asked] = [200, {}, [], []];
    [budget.charges.length, budget.words.length] = [0, 0];
    server = await startLoopbackServer((request, response) => {
      asked.push(JSON.parse(request.body));
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      sendJson(response, status, pages[asked.length - 1] ?? pages.at(-1) ?? {});
    });
  });
  afterEach(() => server.stop());

  it('asks without subscriptions, which is all that the caller may read, by the published version', async () => {
    pages = [page()];
    expect(await find()).toMatchObject({ kind: 'answered', machines: [{ vmId, name: 'mx1' }] });
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01',
    });
    expect(asked).toEqual([
      {
        query: expect.stringContaining(`where vmId in ('${vmId}')`),
        options: { resultFormat: 'objectArray', $top: 1_000 },
      },
    ]);
  });

  it('goes on with the token of the page before, and with the same query', async () => {
    pages = [page({ totalRecords: 2, $skipToken: 'next' }), page({ totalRecords: 2 })];
    expect(await find()).toMatchObject({ kind: 'answered', machines: [{}, {}] });
    expect(asked[1]).toEqual({
      query: (asked[0] as { query: string }).query,
      options: { resultFormat: 'objectArray', $top: 1_000, $skipToken: 'next' },
    });
  });

  it('asks in batches for many machines', async () => {
    const many = Array.from({ length: 450 }, () => randomUUID());
    pages = [page({ totalRecords: 0, count: 0, data: [] })];
    expect(await find(many)).toEqual({ kind: 'answered', machines: [] });
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['that was cut off', page({ resultTruncated: 'true' }), 'result-truncated'],
    ['with fewer rows than there are', page({ totalRecords: 2 }), 'result-truncated'],
    ['whose pages lead in a circle', page({ totalRecords: 9, $skipToken: 'again' }), 'pages-in-a-circle'],
    [
      'with a machine nobody asked for',
      page({ data: [{ ...row, vmId: randomUUID() }] }),
      'answer-not-understood',
    ],
    [
      'with a machine that lies elsewhere than its id says',
      page({ data: [{ ...row, subscriptionId: randomUUID() }] }),
      'answer-not-understood',
    ],
    [
      'with an id that climbs',
      page({ data: [{ ...row, id: `/subscriptions/${subscriptionId}/../../x` }] }),
      'answer-not-understood',
    ],
    [
      'with something that is no machine',
      page({ data: [{ ...row, id: row.id.replace('virtualMachines', 'disks') }] }),
      'answer-not-understood',
    ],
    ['that is none', { value: [] }, 'answer-not-understood'],
  ])('says nothing by an answer %s', async (_name, body, code) => {
    pages = [body];
    expect(await find()).toMatchObject({ kind: 'unavailable', code });
  });

  it('says nothing where the service looked into some of the subscriptions only', async () => {
    pages = [page({ totalRecords: 0, count: 0, data: [] })];
    headers = { 'x-ms-tenant-subscription-limit-hit': 'true' };
    expect(await find()).toMatchObject({ kind: 'unavailable', code: 'too-many-subscriptions' });
  });

  it('says why it was refused', async () => {
    status = 403;
    pages = [{ error: { code: 'AccessDenied', message: 'No access.', details: [] } }];
    expect(await find()).toMatchObject({ kind: 'unavailable', code: 'AccessDenied' });
  });

  it('has a bucket of its own, whose count the answers tell (I16)', async () => {
    pages = [page()];
    headers = { 'x-ms-user-quota-remaining': '3', 'x-ms-user-quota-resets-after': '00:00:04' };
    await find();
    expect(budget.charges).toMatchObject([
      { subscriptionId: 'every-subscription', region: 'global', policy: 'ResourceGraphQueries' },
    ]);
    expect(budget.words).toEqual([{ kind: 'served', left: 3 }]);
    status = 429;
    await find();
    expect(budget.words[1]).toEqual({ kind: 'throttled', left: 3, waitMs: 4_000 });
  });
});
