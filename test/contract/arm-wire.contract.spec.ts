import type { ServerResponse } from 'node:http';
import { ArmClient, type ArmAnswer } from '../../src/adapters/azure/arm-client.js';
import { AzureCompute } from '../../src/adapters/azure/azure-compute.adapter.js';
import {
  sendJson,
  startLoopbackServer,
  type LoopbackServer,
  type SeenRequest,
} from '../support/loopback-server.js';

const secretToken = 'token-that-must-not-leave';
const credential = { token: () => Promise.resolve(secretToken) };
const subscriptionId = '5eed0000-0000-4000-8000-000000000001';
const signedPath = '/operations/1?p=2&s=signature-that-must-not-show';

let cloud: LoopbackServer;
let elsewhere: LoopbackServer;
let behave: (response: ServerResponse, request: SeenRequest) => void;

beforeEach(async () => {
  cloud = await startLoopbackServer((request, response) => behave(response, request));
  elsewhere = await startLoopbackServer((_request, response) => sendJson(response, 200, { value: [] }));
});
afterEach(() => Promise.all([cloud.stop(), elsewhere.stop()]));

const client = (timeoutMs = 5_000) => new ArmClient(cloud.url, credential, timeoutMs);
const compute = (timeoutMs?: number) => new AzureCompute(client(timeoutMs));
const call = (timeoutMs?: number): Promise<ArmAnswer> => client(timeoutMs).call('GET', signedPath);

describe('the token never leaves the configured host (F10)', () => {
  it('goes along on it', async () => {
    behave = (response) => sendJson(response, 200, {});
    await call();
    expect(cloud.seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${secretToken}`]);
  });

  it('not to the next page of a listing elsewhere, which makes the listing incomplete', async () => {
    behave = (response) => sendJson(response, 200, { value: [], nextLink: `${elsewhere.url}/next` });
    const listing = await compute().listMachines(subscriptionId);
    expect(listing).toMatchObject({ kind: 'incomplete', code: 'next-page-on-another-host' });
    expect(elsewhere.seen).toEqual([]);
  });

  it('not to an operation elsewhere', async () => {
    const answer = await compute().readOperation(`${elsewhere.url}${signedPath}`);
    expect(answer).toEqual({ kind: 'foreign-host' });
    expect(elsewhere.seen).toEqual([]);
  });

  it('not along a redirect', async () => {
    behave = (response) => void response.writeHead(307, { location: elsewhere.url }).end();
    expect((await call()).kind).toBe('unavailable');
    expect(elsewhere.seen).toEqual([]);
  });

  it('not to what only looks like the host', async () => {
    const { host } = new URL(elsewhere.url);
    const cloudHost = new URL(cloud.url).host;
    const targets = [
      `//${host}/x`,
      `/\\${host}/x`,
      `http://${cloudHost}@${host}/x`,
      `http://user@${cloudHost}/x`,
      cloud.url.replace('http:', 'https:'),
      'file:///etc/hostname',
      'http://',
    ];
    for (const target of targets)
      expect(await client().call('GET', target)).toEqual({ kind: 'foreign-host' });
    expect([...elsewhere.seen, ...cloud.seen]).toEqual([]);
  });
});

describe('what is no usable answer is unavailable, and says nothing of the address (F9)', () => {
  const date = () => new Date(Date.now() + 90_000).toUTCString();
  it.each([
    ['429 without Retry-After', 429, () => ({}), null],
    ['429 with seconds', 429, () => ({ 'retry-after': '17' }), 17],
    ['503 with a date', 503, () => ({ 'retry-after': date() }), expect.closeTo(90, -1)],
    ['a date that has passed', 503, () => ({ 'retry-after': 'Wed, 01 Jan 2020 00:00:00 GMT' }), 0],
    ['nonsense', 500, () => ({ 'retry-after': 'soon' }), null],
    ['408', 408, () => ({}), null],
  ])('%s', async (_name, status, headers, retryAfterSeconds) => {
    behave = (response) => void response.writeHead(status, headers()).end('{}');
    const code = `http-${String(status)}`;
    expect(await call()).toEqual({ kind: 'unavailable', code, retryAfterSeconds });
  });

  const megabyte = Buffer.alloc(1024 * 1024, ' ');
  const floods = (response: ServerResponse) => {
    for (let sent = 0; sent < 33; sent += 1) response.write(megabyte);
    response.end();
  };
  const stallsInside = (response: ServerResponse) => void response.writeHead(200).write('{"value":');
  const cutsOff = (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"value":[]', () => response.destroy());
  };
  it.each<[string, (response: ServerResponse) => void, string]>([
    ['a reset', (response) => response.destroy(), 'und_err_socket'],
    ['silence', () => undefined, 'timeout'],
    ['an answer that stalls', stallsInside, 'timeout'],
    ['JSON that is cut short', (response) => response.end('{"value":[{"id":'), 'answer-cut-short'],
    ['an answer that is cut off', cutsOff, 'und_err_socket'],
    ['a page of HTML', (response) => response.end('<html>'), 'answer-cut-short'],
    ['an answer of 33 MB', floods, 'answer-too-large'],
  ])('%s', async (name, behaviour, code) => {
    behave = behaviour;
    const answer = await call(name.includes('stalls') || name === 'silence' ? 150 : 5_000);
    expect(answer).toEqual({ kind: 'unavailable', code, retryAfterSeconds: null });
    expect(JSON.stringify(answer)).not.toContain('must-not-show');
  });

  it('a token that cannot be had: nothing is asked', async () => {
    const withoutToken = new ArmClient(cloud.url, { token: () => Promise.reject(new Error('no identity')) });
    expect(await withoutToken.call('GET', signedPath)).toMatchObject({
      kind: 'unavailable',
      code: 'no-answer',
    });
    expect(cloud.seen).toEqual([]);
  });

  it('an identity service that is silent: waiting for the token ends too', async () => {
    const withoutToken = new ArmClient(cloud.url, { token: () => new Promise(() => undefined) }, 150);
    expect(await withoutToken.call('GET', signedPath)).toMatchObject({ code: 'timeout' });
    expect(cloud.seen).toEqual([]);
  });

  it('nobody listening', async () => {
    const closed = await startLoopbackServer(() => undefined);
    await closed.stop();
    const nobody = new ArmClient(closed.url, credential);
    expect(await nobody.call('GET', '/')).toMatchObject({ code: 'econnrefused' });
  });
});

describe('what the cloud says and what it does not', () => {
  const error = (code: string, message = '') => ({ error: { code, message } });
  const machine = `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/mx1`;

  it('a token that is not taken is no refusal of a machine', async () => {
    behave = (response) => sendJson(response, 401, error('ExpiredAuthenticationToken'));
    const unavailable = { kind: 'unavailable', code: 'ExpiredAuthenticationToken' };
    expect(await compute().deallocate(machine)).toMatchObject(unavailable);
    expect(await compute().readSubscription(subscriptionId)).toMatchObject(unavailable);
    expect(await compute().listMachines(subscriptionId)).toMatchObject({ kind: 'incomplete' });
    expect(await compute().readMachine(machine)).toMatchObject({ kind: 'unknown' });
  });

  it('a subscription that may not be read is refused', async () => {
    behave = (response) => sendJson(response, 403, error('AuthorizationFailed'));
    expect(await compute().readSubscription(subscriptionId)).toEqual({
      kind: 'refused',
      code: 'AuthorizationFailed',
    });
  });

  it('a lock is told in the cloud’s own words', async () => {
    behave = (response) => sendJson(response, 409, error('ScopeLocked', 'The lock is named do-not-stop.'));
    const answer = { kind: 'refused', why: 'resource-locked', message: 'The lock is named do-not-stop.' };
    expect(await compute().deallocate(machine)).toMatchObject(answer);
  });

  it.each(['', null])('the last page may name its next one as %j', async (nextLink) => {
    behave = (response) => sendJson(response, 200, { value: [], nextLink });
    expect(await compute().listMachines(subscriptionId)).toEqual({ kind: 'complete', items: [] });
  });

  it('pages in a circle are no listing (F24)', async () => {
    behave = (response) => sendJson(response, 200, { value: [], nextLink: `${cloud.url}/again` });
    expect(await compute().listMachines(subscriptionId)).toMatchObject({ code: 'pages-in-a-circle' });
    expect(cloud.seen).toHaveLength(2);
  });

  it('a machine without an identity makes its listing incomplete (F24)', async () => {
    const value = [{ id: machine, name: 'mx1', properties: {} }];
    behave = (response) => sendJson(response, 200, { value });
    expect(await compute().listMachines(subscriptionId)).toMatchObject({ code: 'machine-without-id' });
    const silent = { vmId: null, resourceId: machine, powerState: 'unknown' };
    expect(await compute().listPowerStates(subscriptionId)).toEqual({ kind: 'complete', items: [silent] });
  });

  it.each([
    [
      { status: 'Succeeded', endTime: 'soon 1' },
      { kind: 'succeeded', endTime: null },
    ],
    [
      { status: 'succeeded', endTime: '2026-01-10T12:00:00.1234567+00:00' },
      { kind: 'succeeded', endTime: '2026-01-10T12:00:00.123Z' },
    ],
    [{ status: 'Updating' }, { kind: 'running', retryAfterSeconds: 4 }],
    [
      { status: 'Canceled', ...error('OperationPreempted') },
      { kind: 'failed', why: 'busy' },
    ],
    [{ state: 'Succeeded' }, { kind: 'unavailable', code: 'answer-not-understood' }],
  ])('an operation %j', async (body, answer) => {
    behave = (response) => {
      response.setHeader('retry-after', '4');
      sendJson(response, 200, body);
    };
    expect(await compute().readOperation(`${cloud.url}${signedPath}`)).toMatchObject(answer);
  });
});
