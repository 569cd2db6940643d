import type { ServerResponse } from 'node:http';
import { tenants } from '../../../launch/development-token.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import {
  type LoopbackServer,
  type SeenRequest,
  sendJson,
  startLoopbackServer,
} from '../../support/loopback-server.js';
import { registerSubscription } from '../../support/registry.js';

/** A cloud that answers every question as the test says at the moment. */
let cloud: LoopbackServer;
let answers: (request: SeenRequest, response: ServerResponse) => void;
let api: TestApi;
let subscriptionId: string;

/** What policy says of the subscription that is registered here: that its offer alone does not tell. */
const judged = 'unknown';
const publicIPAddress = { publicIPAllocationMethod: 'Dynamic', ipAddress: '203.0.113.7' };
const running = { statuses: [{ code: 'PowerState/running' }] };

/** One machine with a dynamic address, whichever subscription is asked about. */
const well: typeof answers = ({ url }, response) => {
  const [, subscription = ''] = /subscriptions\/([^/?]+)/.exec(url) ?? [];
  const id = (type: string) =>
    `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.${type}/mx1`;
  const nic = { id: id('Network/networkInterfaces') };
  const ip = { id: id('Network/publicIPAddresses') };
  const hardware = { hardwareProfile: { vmSize: 'Standard_D2s_v5' } };
  const network = { networkProfile: { networkInterfaces: [nic] } };
  const mx1 = {
    id: id('Compute/virtualMachines'),
    name: 'mx1',
    location: 'westeurope',
    properties: { vmId: 'a', ...hardware, ...network, instanceView: running },
  };
  const answersByKind: readonly (readonly [RegExp, object])[] = [
    [/virtualMachineScaleSets/, { value: [] }],
    [/virtualMachines/, { value: [mx1] }],
    [
      /networkInterfaces/,
      { value: [{ ...nic, properties: { ipConfigurations: [{ properties: { publicIPAddress: ip } }] } }] },
    ],
    [/publicIPAddresses/, { value: [{ ...ip, properties: publicIPAddress }] }],
    [/./, { state: 'Enabled', tenantId: tenants.customer }],
  ];
  sendJson(response, 200, answersByKind.find(([path]) => path.test(url))?.[1]);
};

beforeAll(async () => {
  cloud = await startLoopbackServer((request, response) => answers(request, response));
  api = await startTestApi({ ARM_ENDPOINT: cloud.url });
});
// A look is shown to whoever asks again within 15 seconds: each test has a subscription of its own.
beforeEach(async () => {
  subscriptionId = await registerSubscription(await api.as('operator'));
});
afterAll(async () => {
  await api.close();
  await cloud.stop();
});

const ask = async (body: object = {}) =>
  (await api.as('customer')).post('/v1/eligibility', { subscriptionId, ...body });

describe('eligibility of a registered subscription', () => {
  it('shows what restarting its machines would do, under the plan that is asked about', async () => {
    answers = well;
    const { status, body } = await ask({ restart: { mode: 'managed', maxUnavailable: 2, canary: false } });
    expect([status, body.outcome, body.previewUnavailable]).toEqual([200, judged, null]);
    expect(body.preview).toMatchObject({ machines: 1, running: 1, duration: { waves: 1 }, unknown: [] });
    expect(body.preview.losesAddress.machines[0].message).toBe(
      'mx1 loses its address 203.0.113.7: ask for a static one first, or update reverse DNS and SPF afterwards.',
    );
  });

  it.each<[string, typeof answers]>([
    [
      'refuses',
      (_request, response) =>
        sendJson(response, 403, { error: { code: 'AuthorizationFailed', message: '' } }),
    ],
    ['is cut short', (_request, response) => void response.writeHead(200).end('{"value": [')],
    ['throttles', (_request, response) => void response.writeHead(429, { 'retry-after': '1' }).end()],
    ['is silent', () => undefined],
  ])('is answered all the same where the cloud %s', async (_name, wrong) => {
    subscriptionId = await registerSubscription(await api.as('operator'));
    answers = wrong;
    const { status, body } = await ask();
    expect([status, body.outcome, body.preview]).toEqual([200, judged, null]);
    expect(body.previewUnavailable.code).toBe('cloud-did-not-answer');
  });

  it('says what it does not know where only the network is silent, and never that nothing is lost', async () => {
    subscriptionId = await registerSubscription(await api.as('operator'));
    answers = (request, response) => {
      if (!request.url.includes('Microsoft.Network')) well(request, response);
    };
    const { body } = await ask();
    expect(body.preview).toMatchObject({
      running: 1,
      losesAddress: null,
      unknown: [{ code: 'addresses-unknown' }],
    });
  });

  it('shows nobody the machines of a subscription that went to another tenant (OWASP API1)', async () => {
    answers = (request, response) => {
      if (/providers/.test(request.url)) well(request, response);
      else sendJson(response, 200, { state: 'Enabled', tenantId: tenants.partner });
    };
    const { body } = await ask();
    expect([body.preview, body.previewUnavailable.code]).toEqual([null, 'subscription-in-another-tenant']);
    expect(JSON.stringify(body)).not.toContain('mx1');
  });
});

describe('eligibility without a subscription in scope', () => {
  it('asks the cloud nothing: not for bare facts, not for a stranger, and not for a plan that is none', async () => {
    const before = cloud.seen.length;
    answers = well;
    const bare = { offer: { quotaId: 'PayAsYouGo_2014-09-01' }, createdAt: '2024-01-01T00:00:00Z' };
    const facts = await (await api.as('customer')).post('/v1/eligibility', bare);
    expect([facts.status, 'preview' in facts.body]).toEqual([200, false]);
    const stranger = await api.as('customer', { tenant: '0c000000-0000-4000-8000-00000000dead' });
    expect((await stranger.post('/v1/eligibility', { subscriptionId })).status).not.toBe(200);
    expect((await ask({ restart: { maxUnavailable: '0%' } })).status).toBe(400);
    expect(cloud.seen).toHaveLength(before);
  });
});
