import { Resolver } from 'node:dns/promises';
import { startEmulator, type RunningEmulator } from './emulator.js';

const subscription = '0e000000-0000-4000-8000-000000000001';
const base = `/subscriptions/${subscription}`;
const vm = (name: string) => `${base}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/${name}`;

let emulator: RunningEmulator;
beforeEach(async () => {
  emulator = await startEmulator();
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  await arm('PUT', base, {
    displayName: 'S',
    tenantId: 't',
    state: 'Enabled',
    subscriptionPolicies: { quotaId: 'PayAsYouGo_2014-09-01', spendingLimit: 'Off' },
  });
});
afterEach(() => emulator.stop());

interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, never>;
}

async function arm(method: string, path: string, body?: unknown, token: string | null = 'any'): Promise<Got> {
  const url = path.startsWith('http')
    ? path
    : `${emulator.url}${path}${path.includes('?') ? '&' : '?'}api-version=2025-04-01`;
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  let parsed: unknown = text;
  try {
    parsed = text === '' ? {} : JSON.parse(text);
  } catch {
    parsed = { text };
  }
  return { status: response.status, headers: response.headers, body: parsed as Record<string, never> };
}
const control = async (method: string, path: string, body?: unknown) =>
  arm(method, `${emulator.url}/_control${path}`, body, null);
const advance = (ms: number) => control('PUT', '/clock', { advanceMs: ms });
const machine = (name: string, properties: object = {}) =>
  arm('PUT', vm(name), { location: 'westeurope', properties });
const wire = async () => {
  const { body } = await control('GET', `/subscriptions/${subscription}/port25`);
  const rows = body.virtualMachines as unknown as { name: string; powerState: string; port25: string }[];
  return rows.map(
    ({ name, powerState, port25 }) => `${name} ${powerState.replace('PowerState/', '')} ${port25}`,
  );
};
const gate = (position: string, fence: number) =>
  control('PUT', `/subscriptions/${subscription}/gate`, { gate: position, fence });
const cycle = async (name: string) => {
  await arm('POST', `${vm(name)}/deallocate`);
  await advance(1_500);
  await arm('POST', `${vm(name)}/start`);
  await advance(1_000);
};

describe('the wire to port 25', () => {
  it('takes the gate’s position when a machine is started from deallocated or created, and at no other time', async () => {
    await machine('old');
    await gate('open', 1);
    await machine('new');
    expect(await wire()).toEqual(['old running closed', 'new running open']);
    await arm('POST', `${vm('old')}/restart`);
    await advance(2_000);
    await arm('POST', `${vm('old')}/powerOff`);
    await advance(2_000);
    expect((await wire())[0]).toBe('old stopped closed');
    await arm('POST', `${vm('old')}/start`);
    await advance(2_000);
    expect((await wire())[0]).toBe('old running closed');
    await cycle('old');
    expect((await wire())[0]).toBe('old running open');
    await gate('closed', 2);
    expect((await wire())[0]).toBe('old running open');
  });

  it('is off without a host, and follows the gate at once where it applies to running machines', async () => {
    await machine('mx');
    await arm('POST', `${vm('mx')}/deallocate`);
    expect(await wire()).toEqual(['mx deallocating closed']);
    await advance(1_500);
    expect(await wire()).toEqual(['mx deallocated off']);
    await machine('run');
    await control('PUT', `/subscriptions/${subscription}/gate-mode`, { appliesTo: 'running' });
    await gate('open', 1);
    expect((await wire())[1]).toBe('run running open');
  });

  it('refuses a fence that does not grow, and answers the same order alike', async () => {
    const first = await gate('open', 2);
    expect(first.body).toEqual({
      gate: 'open',
      fence: 2,
      movedAt: '2026-01-10T12:00:00.000Z',
      appliesTo: 'next-start',
    });
    await advance(60_000);
    expect((await gate('open', 2)).body).toEqual(first.body);
    expect((await gate('closed', 2)).status).toBe(409);
    expect((await gate('closed', 1)).body).toMatchObject({ error: { code: 'FenceTooSmall' }, fence: 2 });
  });
});

describe('Azure Resource Manager, as far as it is spoken', () => {
  it('wants a bearer token and an api-version, and answers errors in its envelope', async () => {
    expect((await arm('GET', base, undefined, null)).body).toMatchObject({
      error: { code: 'AuthenticationFailed', details: [] },
    });
    expect((await arm('GET', `${emulator.url}${base}`)).body).toMatchObject({
      error: { code: 'MissingApiVersionParameter' },
    });
    expect((await arm('GET', '/subscriptions/none')).body).toMatchObject({
      error: { code: 'SubscriptionNotFound' },
    });
    expect((await arm('GET', vm('none'))).body).toMatchObject({ error: { code: 'ResourceGroupNotFound' } });
    await machine('mx');
    expect((await arm('GET', vm('none'))).body).toMatchObject({ error: { code: 'ResourceNotFound' } });
    expect(
      (await arm('GET', vm('MX').toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'))).status,
    ).toBe(200);
  });

  it('takes a power operation with 202 and a long signed URL, and tells its end with endTime', async () => {
    await machine('mx');
    const accepted = await arm('POST', `${vm('mx')}/deallocate`);
    const url = accepted.headers.get('azure-asyncoperation') ?? '';
    expect([accepted.status, url.length > 2_500, url.startsWith(emulator.url)]).toEqual([202, true, true]);
    expect((await arm('GET', url)).body).toMatchObject({ status: 'InProgress' });
    expect((await arm('POST', `${vm('mx')}/start`)).status).toBe(409);
    await advance(1_500);
    expect((await arm('GET', url)).body).toMatchObject({
      status: 'Succeeded',
      endTime: '2026-01-10T12:00:01.5000000+00:00',
    });
  });

  it('lists in pages, with power states only where asked', async () => {
    await control('PUT', '/page-size', { pageSize: 2 });
    for (const name of ['a', 'b', 'c']) await machine(name);
    const list = `${base}/providers/Microsoft.Compute/virtualMachines`;
    const first = await arm('GET', list);
    const second = await arm('GET', first.body.nextLink as unknown as string);
    expect([
      (first.body.value as unknown as object[]).length,
      (second.body.value as unknown as object[]).length,
    ]).toEqual([2, 1]);
    const powers = await arm('GET', `${list}?statusOnly=true`);
    expect(powers.body.value).toMatchObject([
      { name: 'a', properties: { instanceView: { statuses: [{}, { code: 'PowerState/running' }] } } },
      { name: 'b' },
    ]);
  });

  it('throttles a machine’s stops with the real headers, and refills by its clock', async () => {
    await machine('mx');
    let last = await arm('POST', `${vm('mx')}/deallocate`);
    expect(last.headers.get('x-ms-ratelimit-remaining-resource')).toContain(
      'Microsoft.Compute/DeallocateVM;11',
    );
    for (let call = 0; call < 12; call += 1) last = await arm('POST', `${vm('mx')}/deallocate`);
    expect([last.status, last.headers.get('retry-after')]).toEqual([429, '15']);
    await advance(15_000);
    expect((await arm('POST', `${vm('mx')}/deallocate`)).status).toBe(202);
  });

  it('refuses power operations of a disabled subscription and of a disk that lives on the host', async () => {
    await machine('local', { storageProfile: { osDisk: { diffDiskSettings: { option: 'Local' } } } });
    expect((await arm('POST', `${vm('local')}/deallocate`)).body).toMatchObject({
      error: { code: 'OperationNotAllowed' },
    });
    await arm('PUT', base, { state: 'Disabled' });
    expect((await arm('POST', `${vm('local')}/start`)).body).toMatchObject({
      error: { code: 'ReadOnlyDisabledSubscription' },
    });
  });
});

describe('faults', () => {
  const fault = (order: object) => control('POST', '/faults', order);

  it('throttles, fails, truncates and resets as often as asked', async () => {
    await fault({ kind: 'throttle', retryAfter: 7, times: 1 });
    const throttled = await arm('GET', base);
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '7']);
    await fault({ kind: 'error', status: 503, code: 'ServerBusy', times: 1, match: { path: base } });
    expect((await arm('GET', base)).status).toBe(503);
    await fault({ kind: 'truncate', times: 1 });
    expect(Object.keys((await arm('GET', base)).body)).toEqual(['text']);
    await fault({ kind: 'reset', times: 1 });
    await expect(arm('GET', base)).rejects.toThrow();
    expect((await arm('GET', base)).status).toBe(200);
  });

  it('fails a start after the deallocate, and leaves the machine without a host', async () => {
    await machine('mx');
    await arm('POST', `${vm('mx')}/deallocate`);
    await advance(1_500);
    await fault({ kind: 'operation-fails', code: 'AllocationFailed', times: 1, match: { vmName: 'mx' } });
    const start = await arm('POST', `${vm('mx')}/start`);
    await advance(1_000);
    expect((await arm('GET', start.headers.get('azure-asyncoperation') ?? '')).body).toMatchObject({
      status: 'Failed',
      error: { code: 'AllocationFailed' },
    });
    expect(await wire()).toEqual(['mx deallocated off']);
  });

  it('performs an order and loses its answer', async () => {
    await machine('mx');
    await fault({ kind: 'accept-then-reset', times: 1 });
    await expect(arm('POST', `${vm('mx')}/deallocate`)).rejects.toThrow();
    expect(await wire()).toEqual(['mx deallocating closed']);
  });

  it('logs the calls of the ARM routes without their signatures', async () => {
    await machine('mx');
    const start = await arm('POST', `${vm('mx')}/start`);
    await arm('GET', start.headers.get('azure-asyncoperation') ?? '');
    const calls = (await control('GET', '/calls')).body.calls as unknown as {
      method: string;
      path: string;
      status: number;
    }[];
    expect(calls.map(({ method, status }) => `${method} ${String(status)}`)).toEqual([
      'PUT 201',
      'PUT 201',
      'POST 202',
      'GET 200',
    ]);
    expect(calls.some(({ path }) => path.includes('?'))).toBe(false);
  });
});

describe('DNS', () => {
  const resolver = () => {
    const own = new Resolver({ timeout: 300, tries: 1 });
    own.setServers([emulator.dns]);
    return own;
  };
  const record = (name: string, type: string, values: readonly string[], more: object = {}) =>
    control('PUT', '/dns', { name, type, values, ...more });

  it('answers records, no data and no name, whatever the case', async () => {
    await record('Mail.Example.com', 'TXT', ['v=spf1 -all']);
    await record('7.113.0.203.in-addr.arpa', 'PTR', ['mx1.example.com']);
    expect(await resolver().resolveTxt('mail.example.COM')).toEqual([['v=spf1 -all']]);
    expect(await resolver().reverse('203.0.113.7')).toEqual(['mx1.example.com']);
    await expect(resolver().resolveMx('mail.example.com')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver().resolveTxt('none.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('truncates what is too long for UDP, and answers it over TCP', async () => {
    await record(
      'long.example.com',
      'TXT',
      Array.from({ length: 40 }, (_, index) => `${String(index)}-${'x'.repeat(200)}`),
    );
    expect(await resolver().resolveTxt('long.example.com')).toHaveLength(40);
    const { body } = await control('GET', '/dns/queries');
    expect((body.queries as unknown as { transport: string }[]).map(({ transport }) => transport)).toEqual([
      'udp',
      'tcp',
    ]);
  });

  it('fails and stays silent where it is told to (F18)', async () => {
    await record('bad.example.com', 'TXT', [], { fault: 'servfail' });
    await record('slow.example.com', 'TXT', [], { fault: 'timeout' });
    await expect(resolver().resolveTxt('bad.example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    await expect(resolver().resolveTxt('slow.example.com')).rejects.toMatchObject({ code: 'ETIMEOUT' });
  });
});
