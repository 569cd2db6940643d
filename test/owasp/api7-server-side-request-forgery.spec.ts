import { randomUUID } from 'node:crypto';
import { startEmulator, type RunningEmulator } from '../../emulator/emulator.js';
import { tenants } from '../../launch/development-token.js';
import { NodeDns } from '../../src/adapters/dns/node-dns.adapter.js';
import { ipOnBlocklist } from '../../src/domain/fraud/checks/ip-on-blocklist.check.js';
import { missingReverseDns } from '../../src/domain/fraud/checks/missing-reverse-dns.check.js';
import { senderDomainUnready } from '../../src/domain/fraud/checks/sender-domain-unready.check.js';
import type { CheckSources, CheckSubject } from '../../src/domain/fraud/fraud-check.js';
import { signed } from '../../src/http/access/entra-tokens.examples.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { HttpClient } from '../support/http-client.js';
import { startIdentities, type Identities } from '../support/identities.js';
import { sendJson, startLoopbackServer, type LoopbackServer } from '../support/loopback-server.js';
import { aRequest, registerSubscription } from '../support/registry.js';

let emulator: RunningEmulator;
let outside: LoopbackServer;
let cloud: LoopbackServer;
beforeAll(async () => {
  emulator = await startEmulator();
  cloud = await startLoopbackServer((_request, response) => sendJson(response, 200, {}));
  outside = await startLoopbackServer((_request, response) => sendJson(response, 200, { keys: [] }));
});
afterAll(() => Promise.all([emulator.stop(), outside.stop(), cloud.stop()]));

/** Where the inside of a cloud lies: this machine, its neighbours, and who tells a machine its secrets. */
const insideAddresses = [
  ...['127.0.0.1', '10.0.0.4', '172.16.0.1', '192.168.1.1', '100.64.0.1', '169.254.169.254', '168.63.129.16'],
  ...['0.0.0.0', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00:ec2::254', 'ff02::1'],
  ...['::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '64:ff9b::7f00:1', '2002:7f00:1::1'],
];
const sending = { kinds: ['transactional'], domains: ['mail.example.com'], dailyVolume: 10 };

describe('API7:2023 what a requester writes', () => {
  let api: TestApi;
  let identities: Identities;
  let customer: HttpClient;
  let subscriptionId: string;
  beforeAll(async () => {
    identities = await startIdentities();
    const env = { ARM_ENDPOINT: cloud.url, DNS_RESOLVER: emulator.dns, ...identities.env };
    api = await startTestApi(env);
    customer = await api.as('customer');
    subscriptionId = await registerSubscription(await api.as('operator'));
  });
  afterAll(() => Promise.all([api.close(), identities.keyServer.close()]));

  /** But the configured cloud, of the subscription that a preview was asked for, in a few calls. */
  const nothingWasAsked = () => {
    expect([...outside.seen, ...emulator.world.dns.queries]).toEqual([]);
    const own = new RegExp(`^/subscriptions/${subscriptionId}[/?]`);
    expect(cloud.seen.filter(({ method, url }) => method !== 'GET' || !own.test(url))).toEqual([]);
    expect(cloud.seen.length).toBeLessThanOrEqual(6);
  };

  it.each<[field: string, values: readonly string[]]>([
    [
      'domains',
      ['http://127.0.0.1', '127.0.0.1', '169.254.169.254', '2130706433', '0x7f.1', 'localhost', '[::1]'],
    ],
    [
      'domains',
      ['a.example:8080', 'a.example/x', 'user@a.example', 'a.example?x', '..', 'a..example', '.example'],
    ],
    [
      'heloName',
      ['http://127.0.0.1', '10.0.0.1', '127.0.0.10', 'localhost', 'a.example:25', '\\\\host\\share'],
    ],
    [
      'publicAddresses',
      ['http://127.0.0.1', 'localhost', '127.1', '0x7f000001', '017700000001', '10.0.0.0/8', 'fe80::1%eth0'],
    ],
    ['dkimSelectors', ['http://127.0.0.1', 'a/b', '../x', '@', '_', 'a b']],
    ['abuseContact', ['a@[127.0.0.1]', 'a@localhost', 'http://127.0.0.1', 'a@b@c.example', 'a@127.0.0.1']],
  ])('names no place in %s: an address is none, nor is a URL (400)', async (field, values) => {
    const isList = !['heloName', 'abuseContact'].includes(field);
    for (const value of values) {
      const odd = { ...sending, [field]: isList ? [value] : value };
      const { status, body } = await customer.post(
        '/v1/exemption-requests',
        aRequest(subscriptionId, { sending: odd }),
      );
      const pointers = ((body.errors ?? []) as readonly { pointer: string }[]).map(({ pointer }) => pointer);
      expect([value, status, pointers]).toEqual([value, 400, [`/sending/${field}${isList ? '/0' : ''}`]]);
    }
    nothingWasAsked();
  });

  it('makes the API ask nobody whom it names: others look later, and elsewhere', async () => {
    const names = ['metadata.google.internal', 'a.169.254.169.254.nip.io', 'host.docker.internal'];
    const odd = {
      ...sending,
      domains: names,
      heloName: names[0],
      publicAddresses: ['203.0.113.7', '2001:db8::7'],
    };
    const body = aRequest(subscriptionId, {
      sending: odd,
      contact: { name: 'http://a.example', email: 'a@outside.example' },
    });
    const inside = aRequest(subscriptionId, {
      sending: { ...odd, publicAddresses: insideAddresses.slice(0, 15) },
    });
    expect((await customer.post('/v1/exemption-requests', inside)).status).toBe(400);
    const filed = await customer.post('/v1/exemption-requests', body);
    expect(filed.status).toBe(201);
    const one = `/v1/exemption-requests/${String(filed.body.id)}`;
    await customer.post('/v1/exemption-requests/batch', { requests: [body, body] });
    await customer.post(`/v1/subscriptions/${subscriptionId}/control-proofs`);
    for (let again = 0; again < 3; again += 1) await customer.post('/v1/eligibility', { subscriptionId });
    for (const path of [one, `${one}/history`, `/v1/subscriptions/${subscriptionId}/control-proofs`])
      await customer.get(path);
    nothingWasAsked();
  });

  it('says in no token where its keys lie', async () => {
    const { claims, signers, keyServer } = identities;
    const before = keyServer.asked();
    for (const header of [
      { jku: `${outside.url}/keys` },
      { x5u: `${outside.url}/cert` },
      { jwk: signers.stranger.publicJwk },
    ]) {
      const token = await signed(
        claims(tenants.customer),
        { ...signers.stranger, keyId: `of-${randomUUID()}` },
        header,
      );
      expect((await new HttpClient(api.url, token).get('/v1/subscriptions')).status).toBe(401);
    }
    const elsewhere = await signed({ ...claims(tenants.customer), iss: outside.url }, signers.stranger);
    expect((await new HttpClient(api.url, elsewhere).get('/v1/subscriptions')).status).toBe(401);
    expect(keyServer.asked() - before).toBeLessThanOrEqual(1);
    nothingWasAsked();
  });
});

describe('API7:2023 names and addresses of a request', () => {
  beforeEach(() => emulator.world.dns.clear());
  const zone = (name: string, type: string, values: readonly string[]) =>
    emulator.world.dns.put({ name, type, values, ttl: 60, fault: null });
  /** Questions; one whose answer was cut is put a second time over TCP. */
  const asked = () =>
    emulator.world.dns.queries.filter(({ transport }) => transport === 'udp').map(({ name }) => name);
  const sources = () =>
    ({
      dns: new NodeDns(emulator.dns),
      publicSuffix: { of: (name: string) => name.split('.').slice(-2).join('.') },
      blocklistZones: ['bl.example', 'bl2.example'],
    }) as unknown as CheckSources;
  const subject = (differs: object) =>
    ({
      asOf: '2026-01-01T00:00:00Z',
      sending: { ...sending, publicAddresses: [], ...differs },
    }) as unknown as CheckSubject;

  it('of the inside are asked of nobody: neither their names nor their reputation', async () => {
    for (const address of insideAddresses)
      for (const check of [missingReverseDns, ipOnBlocklist]) {
        const { outcome } = await check.look(subject({ publicAddresses: [address] }), sources());
        expect([address, check.name, outcome, asked()]).toEqual([address, check.name, 'unknown', []]);
      }
    await missingReverseDns.look(subject({ publicAddresses: ['203.0.113.7'] }), sources());
    expect(asked()).toEqual(['7.113.0.203.in-addr.arpa']);
  });

  it('cost ten questions each at most, of twenty domains and sixteen addresses at most (F18)', async () => {
    const domains = Array.from({ length: 25 }, (_, at) => `d${at}.hostile${at}.example`);
    for (const domain of domains) {
      zone(domain, 'TXT', [`v=spf1 redirect=0.${domain}`]);
      for (let hop = 0; hop < 20; hop += 1)
        zone(`${hop}.${domain}`, 'TXT', [`v=spf1 redirect=${hop + 1}.${domain}`]);
    }
    await senderDomainUnready.look(subject({ domains }), sources());
    for (const domain of domains) {
      const ofIt = asked().filter((name) => name.endsWith(domain.slice(domain.indexOf('.') + 1)));
      expect(ofIt.length).toBeLessThanOrEqual(10);
    }
    expect(asked().length).toBeLessThanOrEqual(200);
    emulator.world.dns.clear();
    const addresses = Array.from({ length: 50 }, (_, at) => `203.0.113.${at + 1}`);
    for (const [at] of addresses.entries())
      zone(
        `${at + 1}.113.0.203.in-addr.arpa`,
        'PTR',
        Array.from({ length: 30 }, (_, name) => `n${name}.a${at}.example`),
      );
    await missingReverseDns.look(subject({ publicAddresses: addresses }), sources());
    expect(asked().length).toBeLessThanOrEqual(160);
  });

  it('are looked up at the resolver that is configured, under their own names, and by nothing but DNS', async () => {
    zone('mail.example.com', 'TXT', [
      `v=spf1 include:${outside.url} exists:%{i}.a.example redirect=${outside.url}/spf`,
      `v=spf1 include:b.example -all`,
    ]);
    zone('7.113.0.203.in-addr.arpa', 'PTR', ['127.0.0.1.in-addr.arpa', 'metadata.google.internal']);
    const about = subject({ publicAddresses: ['203.0.113.7'] });
    for (const check of [senderDomainUnready, missingReverseDns, ipOnBlocklist])
      await check.look(about, sources());
    const allowed =
      /^(_dmarc\.)?(mail\.)?example\.com$|in-addr\.arpa$|^metadata\.google\.internal$|^7\.113\.0\.203\.bl2?\.example$/;
    expect(asked().filter((name) => !allowed.test(name))).toEqual([]);
    expect(outside.seen).toEqual([]);
  });
});
