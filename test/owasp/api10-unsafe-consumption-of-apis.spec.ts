import type { ServerResponse } from 'node:http';
import { startEmulator, type RunningEmulator } from '../../emulator/emulator.js';
import { ArmClient } from '../../src/adapters/azure/arm-client.js';
import { AzureCompute } from '../../src/adapters/azure/azure-compute.adapter.js';
import { NodeDns } from '../../src/adapters/dns/node-dns.adapter.js';
import { ipOnBlocklist } from '../../src/domain/fraud/checks/ip-on-blocklist.check.js';
import { senderDomainUnready } from '../../src/domain/fraud/checks/sender-domain-unready.check.js';
import type { CheckSources, CheckSubject } from '../../src/domain/fraud/fraud-check.js';
import { sightOf, tagNameOf, type ControlProof } from '../../src/domain/subscription/control-proof.js';
import { sendJson, startLoopbackServer, type LoopbackServer } from '../support/loopback-server.js';

/** The cloud and DNS are others' machines: what they answer is read as carefully as what a requester sends. */
const token = 'token-that-must-not-leave';
const subscriptionId = '5eed0000-0000-4000-8000-000000000001';
const tenantId = '00000000-0000-4000-8000-000000000003';
const machine = `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/mx`;
const proof: ControlProof = {
  id: '0197a000-0000-7000-8000-0123456789ab',
  subscriptionId,
  tenantId,
  provesFor: tenantId,
  state: 'awaiting-tag',
  nonce: 'abcdefghijklmnopqrstuvwxyz012345',
  askedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-04T00:00:00.000Z',
  checkedAt: null,
  provenAt: null,
  problem: null,
};
const tag = tagNameOf(proof);

describe('a cloud that answers anything (OWASP API10)', () => {
  let cloud: LoopbackServer;
  let elsewhere: LoopbackServer;
  let behave: (response: ServerResponse) => void;
  const compute = () =>
    new AzureCompute(new ArmClient(cloud.url, { token: () => Promise.resolve(token) }, 20_000));

  beforeEach(async () => {
    cloud = await startLoopbackServer((_request, response) => behave(response));
    elsewhere = await startLoopbackServer((_request, response) => sendJson(response, 200, facts({})));
  });
  afterEach(() => Promise.all([cloud.stop(), elsewhere.stop()]));

  const facts = (differs: object) => ({
    state: 'Enabled',
    tenantId,
    tags: { [tag]: proof.nonce },
    ...differs,
  });
  const html = '<html><script>alert(1)</script></html>';
  const hostile: readonly (readonly [string, (response: ServerResponse) => void])[] = [
    ['HTML with 200', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(html)],
    ['nothing', (response) => void response.writeHead(200).end()],
    ['null', (response) => sendJson(response, 200, null)],
    ['a list', (response) => sendJson(response, 200, [facts({})])],
    ['a state that is a number', (response) => sendJson(response, 200, facts({ state: 1 }))],
    ['a state of a megabyte', (response) => sendJson(response, 200, facts({ state: 'x'.repeat(1e6) }))],
    ['a state with NUL', (response) => sendJson(response, 200, facts({ state: 'Enabled\0' }))],
    ['half a surrogate pair', (response) => sendJson(response, 200, facts({ state: '\ud800' }))],
    ['a tenant that is a list', (response) => sendJson(response, 200, facts({ tenantId: [tenantId] }))],
    ['tags that are a list', (response) => sendJson(response, 200, facts({ tags: [proof.nonce] }))],
    [
      'a tag that is a list',
      (response) => sendJson(response, 200, facts({ tags: { [tag]: [proof.nonce] } })),
    ],
    [
      'a redirect to another host',
      (response) => void response.writeHead(302, { location: `${elsewhere.url}/x` }).end(),
    ],
    [
      'JSON that is cut',
      (response) => void response.writeHead(200).end(JSON.stringify(facts({})).slice(0, -1)),
    ],
    ['more than it may', (response) => void response.writeHead(200).end(`"${'x'.repeat(33 * 1024 * 1024)}"`)],
  ];

  it.each(hostile)('proves nothing, and harms nothing, by %s', async (_what, answer) => {
    behave = answer;
    const read = await compute().readSubscription(subscriptionId);
    expect(read.kind).toBe('unavailable');
    expect(sightOf(proof, read).kind).toBe('not-yet');
    const listing = await compute().listMachines(subscriptionId);
    expect(listing.kind).toBe('incomplete');
    expect((await compute().readMachine(machine)).kind).toBe('unknown');
    expect(elsewhere.seen).toEqual([]);
  });

  it('is read by its own names only, whatever else it sends along', async () => {
    behave = (response) =>
      void response
        .writeHead(200)
        .end(
          `{"state":"Enabled","tenantId":"${tenantId}","__proto__":{"tags":{"${tag}":"${proof.nonce}"}},"tags":{"__proto__":"${proof.nonce}","constructor":"x"}}`,
        );
    const read = await compute().readSubscription(subscriptionId);
    expect([read.kind, sightOf(proof, read).kind]).toEqual(['found', 'not-yet']);
    expect(({} as Readonly<Record<string, unknown>>)[tag]).toBeUndefined();
  });

  it('is followed to no other host, neither for an operation nor for a page, and is told no token there', async () => {
    behave = (response) =>
      void response
        .writeHead(202, { 'azure-asyncoperation': `${elsewhere.url}/operations/1`, location: elsewhere.url })
        .end();
    const order = await compute().deallocate(machine);
    expect(order.kind).toBe('accepted');
    const url = order.kind === 'accepted' ? (order.operationUrl ?? '') : '';
    expect(await compute().readOperation(url)).toEqual({ kind: 'foreign-host' });
    behave = (response) => sendJson(response, 200, { value: [], nextLink: `${elsewhere.url}/next` });
    expect((await compute().listMachines(subscriptionId)).kind).toBe('incomplete');
    expect(elsewhere.seen).toEqual([]);
  });

  it('has its words cut and cleaned before anybody reads or keeps them', async () => {
    const message = `${'y'.repeat(400)}\0\u001b[2J https://signed.example/?sig=secret ${'x'.repeat(10_000)}`;
    behave = (response) => sendJson(response, 400, { error: { code: 'C\n'.repeat(1_000), message } });
    const order = await compute().start(machine);
    const told = order.kind === 'refused' ? `${order.code} ${order.message}` : '';
    expect([order.kind, told.length < 700]).toEqual(['refused', true]);
    expect(told).not.toMatch(/[\p{Cc}]|secret/u);
  });
});

describe('names that others answer for (OWASP API10, F18, I17)', () => {
  let emulator: RunningEmulator;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  beforeEach(() => emulator.world.dns.clear());
  afterAll(() => emulator.stop());

  const record = (name: string, type: string, values: readonly string[], fault: 'servfail' | null = null) =>
    emulator.world.dns.put({ name, type, values, ttl: 60, fault });
  const sources = () =>
    ({
      dns: new NodeDns(emulator.dns),
      publicSuffix: { of: (name: string) => name },
      blocklistZones: ['bl.example'],
    }) as unknown as CheckSources;
  const subject = {
    asOf: '2026-01-01T00:00:00Z',
    sending: {
      domains: ['hostile.example'],
      publicAddresses: ['203.0.113.7'],
      heloName: null,
      dkimSelectors: [],
    },
  } as unknown as CheckSubject;

  it('with control characters could not be read, are told without them, and are no good news', async () => {
    record('hostile.example', 'TXT', [`v=spf1 ${'include:x.example '.repeat(20)}\u001b[2J\u0000 +all`]);
    record('_dmarc.hostile.example', 'TXT', ['v=DMARC1; p=none; \u001b]0;owned\u0007']);
    const finding = await senderDomainUnready.look(subject, sources());
    expect(finding.outcome).toBe('error');
    const words = finding.evidence.map(({ what, detail }) => `${what} ${detail}`).join(' ');
    expect(words).not.toMatch(/[\p{Cc}]/u);
    expect(words.length).toBeLessThan(2_000);
  });

  it('that send in circles, answer too much or not at all are no verdict', async () => {
    record('hostile.example', 'TXT', ['v=spf1 redirect=hostile.example']);
    record('_dmarc.hostile.example', 'TXT', ['v=DMARC1; p=reject']);
    expect((await senderDomainUnready.look(subject, sources())).outcome).toBe('warn');
    record(
      'hostile.example',
      'TXT',
      Array.from({ length: 1_000 }, (_, at) => `v=spf1 -all ${at}`),
    );
    expect((await senderDomainUnready.look(subject, sources())).outcome).toBe('error');
    record('hostile.example', 'TXT', [], 'servfail');
    expect((await senderDomainUnready.look(subject, sources())).outcome).toBe('error');
  });

  it('of a blocklist that refuses us list nobody', async () => {
    record('7.113.0.203.bl.example', 'A', ['127.255.255.254']);
    expect((await ipOnBlocklist.look(subject, sources())).outcome).toBe('error');
    record('7.113.0.203.bl.example', 'A', ['198.51.100.1']);
    expect((await ipOnBlocklist.look(subject, sources())).outcome).not.toBe('pass');
  });
});
