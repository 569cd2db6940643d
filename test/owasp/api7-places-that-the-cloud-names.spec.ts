import type { ServerResponse } from 'node:http';
import { ArmClient } from '../../src/adapters/azure/arm-client.js';
import { AzureCompute } from '../../src/adapters/azure/azure-compute.adapter.js';
import { HttpGate } from '../../src/adapters/gate/http-gate.adapter.js';
import { sendJson, startLoopbackServer, type LoopbackServer } from '../support/loopback-server.js';

/**
 * Requesters make machines, and the cloud tells of them: where an operation, a next page, a machine or a redirect lies is
 * input. Nothing of it leads to another host, or with our token to another subscription (API7:2023, F10).
 */
const subscriptionId = '5eed0000-0000-4000-8000-000000000001';
const another = '5eed0000-0000-4000-8000-000000000002';
const token = 'token-that-must-not-leave';
const machines = (id: string) =>
  `/subscriptions/${id}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines`;

let cloud: LoopbackServer;
let elsewhere: LoopbackServer;
let behave: (response: ServerResponse, url: string) => void = (response) => sendJson(response, 200, {});
beforeAll(async () => {
  cloud = await startLoopbackServer(({ url }, response) => behave(response, url));
  elsewhere = await startLoopbackServer((_request, response) =>
    sendJson(response, 200, { status: 'Succeeded' }),
  );
});
afterAll(() => Promise.all([cloud.stop(), elsewhere.stop()]));

const compute = () =>
  new AzureCompute(new ArmClient(cloud.url, { token: () => Promise.resolve(token) }, 5_000));
const page = (id: string) => ({ value: [{ id, name: 'mx', properties: { vmId: '1' } }] });

/** Another host, or what could be taken for ours by somebody who reads carelessly. */
function places(): readonly string[] {
  const [there, here] = [new URL(elsewhere.url).host, new URL(cloud.url).host];
  const { port } = new URL(elsewhere.url);
  return [
    `http://${there}/x`,
    `HTTP://${there}/x`,
    `//${there}/x`,
    `/\\${there}/x`,
    `\\\\${there}\\x`,
    `http:\\\\${there}\\x`,
    ` \thttp://${there}/x`,
    `ht\ntp://${there}/x`,
    `http://${here}@${there}/x`,
    `http://${here}:x@${there}/x`,
    `http://somebody@${here}/x`,
    `http://:password@${here}/x`,
    `http://${there}#@${here}/x`,
    `http://${there}?@${here}/x`,
    ...['localhost', '127.1', '2130706433', '0x7f000001', '017700000001', '[::ffff:127.0.0.1]', '0'].map(
      (host) => `http://${host}:${port}/x`,
    ),
    `http://localhost:${new URL(cloud.url).port}/x`,
    cloud.url.replace('http:', 'https:'),
    `${cloud.url}.a.example/x`,
    'http://169.254.169.254/metadata/instance?api-version=2021-02-01',
    'file:///etc/hostname',
    'data:application/json,{"status":"Succeeded"}',
    'ftp://127.0.0.1/x',
    'http://',
  ];
}

describe('API7:2023 a place that the cloud names', () => {
  it('is no other host, for an operation', async () => {
    for (const place of places()) {
      const before = cloud.seen.length;
      expect([place, await compute().readOperation(place)]).toEqual([place, { kind: 'foreign-host' }]);
      expect(cloud.seen.length).toBe(before);
    }
    expect(elsewhere.seen).toEqual([]);
  });

  it('is no other host, for the next page of a listing: what was not seen proves nothing', async () => {
    for (const nextLink of places()) {
      behave = (response) => sendJson(response, 200, { value: [], nextLink });
      for (const listing of [
        await compute().listMachines(subscriptionId),
        await compute().listPowerStates(subscriptionId),
      ])
        expect([nextLink, listing.kind]).toEqual([nextLink, 'incomplete']);
    }
    expect(elsewhere.seen).toEqual([]);
  });

  it('is no other host, for an order that was taken: neither header is followed by itself', async () => {
    for (const place of places().filter((one) => !/[\n\t]/.test(one))) {
      behave = (response) =>
        void response.writeHead(202, { location: place, 'azure-asyncoperation': place }).end();
      const order = await compute().deallocate(`${machines(subscriptionId)}/mx`);
      const url = order.kind === 'accepted' ? (order.operationUrl ?? '') : '';
      expect([place, (await compute().readOperation(url)).kind]).toEqual([place, 'foreign-host']);
    }
    behave = (response) => void response.writeHead(202, { location: `${elsewhere.url}/x` }).end();
    expect(await compute().start(`${machines(subscriptionId)}/mx`)).toMatchObject({
      kind: 'accepted',
      operationUrl: null,
    });
    expect(elsewhere.seen).toEqual([]);
  });

  it.each([301, 302, 303, 307, 308])('is not where a redirect (%i) leads, on any call', async (status) => {
    behave = (response) => void response.writeHead(status, { location: `${elsewhere.url}/x` }).end();
    const machine = `${machines(subscriptionId)}/mx`;
    expect((await compute().readSubscription(subscriptionId)).kind).toBe('unavailable');
    expect((await compute().listMachines(subscriptionId)).kind).toBe('incomplete');
    expect((await compute().readMachine(machine)).kind).toBe('unknown');
    expect((await compute().deallocate(machine)).kind).toBe('unavailable');
    expect((await compute().readOperation(`${cloud.url}/operations/1`)).kind).toBe('unavailable');
    const gate = new HttpGate(cloud.url, () => ({}));
    expect((await gate.move(subscriptionId, 'open', 1)).kind).toBe('unavailable');
    expect((await gate.read(subscriptionId)).kind).toBe('unavailable');
    expect(elsewhere.seen).toEqual([]);
  });

  const ids: readonly (readonly [what: string, id: string])[] = [
    ['of another subscription', `${machines(another)}/mx`],
    ['of another host', '//a.example/subscriptions/x'],
    ['of no path', 'mx'],
    ['that climbs', `${machines(subscriptionId)}/../../../../../../${another}/resourceGroups/rg/x`],
    ['that climbs in disguise', `${machines(subscriptionId)}/%2e%2e/mx`],
    ['that ends the path', `${machines(subscriptionId)}/mx?`],
    ['that hides the rest', `${machines(subscriptionId)}/mx#`],
    ['with a backslash', `${machines(subscriptionId)}\\..\\mx`],
  ];
  it.each(ids)('is no machine %s: such a listing is not understood', async (_what, id) => {
    behave = (response) => sendJson(response, 200, page(id));
    expect((await compute().listMachines(subscriptionId)).kind).toBe('incomplete');
    expect((await compute().listPowerStates(subscriptionId)).kind).toBe('incomplete');
  });

  const sets = 'virtualMachineScaleSets';
  const hostileSets = ids.map(([what, id]) => [what, id.replace(/virtualMachines\b/, sets)] as const);
  it.each(hostileSets)('is no scale set %s: neither is its place called', async (_what, id) => {
    const before = cloud.seen.length;
    behave = (response, url) =>
      sendJson(response, 200, { value: url.includes(sets) ? [{ id, name: 'farm' }] : [] });
    expect((await compute().listMachines(subscriptionId)).kind).toBe('incomplete');
    expect(cloud.seen.length).toBe(before + 2);
  });

  it('is a machine of its own subscription, however its id is spelt', async () => {
    const id = `${machines(subscriptionId)}/mx_1-a(b)`;
    for (const spelt of [id, id.toUpperCase(), id.replace('resourceGroups', 'RESOURCEGROUPS')]) {
      behave = (response, url) => sendJson(response, 200, url.includes(sets) ? { value: [] } : page(spelt));
      expect(await compute().listMachines(subscriptionId)).toMatchObject({
        kind: 'complete',
        items: [{ resourceId: spelt }],
      });
    }
  });
});
