import { startEmulator, type RunningEmulator } from './emulator.js';
import { CloudClient, operationOf } from './support/cloud-client.js';

let emulator: RunningEmulator;
let cloud: CloudClient;
beforeEach(async () => {
  emulator = await startEmulator();
  cloud = new CloudClient(emulator.url);
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  await cloud.createSubscription();
  await cloud.create('mx');
});
afterEach(() => emulator.stop());

const get = () => cloud.arm('GET', cloud.vm('mx'));
const deallocate = async () => {
  const accepted = await cloud.power('mx', 'deallocate');
  await cloud.advance(1_500);
  return accepted;
};

describe('faults of a call (F9)', () => {
  it('throttle with and without Retry-After, as often as asked', async () => {
    await cloud.fault({ kind: 'throttle', retryAfter: 7, times: 1 });
    const first = await get();
    await cloud.fault({ kind: 'throttle', times: 1 });
    const second = await get();
    expect([first, second]).toMatchObject([{ status: 429 }, { status: 429 }]);
    expect([first.headers.get('retry-after'), second.headers.get('retry-after')]).toEqual(['7', null]);
    expect((await get()).status).toBe(200);
  });

  it('fail with the status and code that are asked for, until they are deleted', async () => {
    const { body } = await cloud.fault({ kind: 'error', status: 503, code: 'ServerBusy' });
    const busy = { status: 503, body: { error: { code: 'ServerBusy' } } };
    expect([await get(), await get()]).toMatchObject([busy, busy]);
    const { id } = body as { id: string };
    expect((await cloud.control('DELETE', `/faults/${id}`)).status).toBe(204);
    expect((await get()).status).toBe(200);
    expect((await cloud.control('DELETE', `/faults/${id}`)).status).toBe(404);
  });

  it('cut an answer in the middle of its JSON', async () => {
    await cloud.fault({ kind: 'truncate', times: 1 });
    expect(await get()).toMatchObject({ status: 200, body: expect.stringMatching(/^\{"name":"mx"/) });
  });

  it('cut the connection before anything is done', async () => {
    await cloud.fault({ kind: 'reset', times: 1 });
    await expect(cloud.power('mx', 'deallocate')).rejects.toThrow();
    expect(await cloud.wire()).toEqual(['mx running closed']);
  });

  it('carry an order out and lose its answer; reading is never meant', async () => {
    await cloud.fault({ kind: 'accept-then-reset', times: 1 });
    expect((await get()).status).toBe(200);
    await expect(cloud.power('mx', 'deallocate')).rejects.toThrow();
    expect(await cloud.wire()).toEqual(['mx deallocating closed']);
  });

  it('keep a call waiting for as long as asked', async () => {
    await cloud.fault({ kind: 'delay', delayMs: 20, times: 1 });
    const before = performance.now();
    expect((await get()).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(19);
  });

  it('let go of a call that waits when the emulator stops', async () => {
    const other = await startEmulator();
    const elsewhere = new CloudClient(other.url);
    await elsewhere.fault({ kind: 'delay', delayMs: 3_600_000, times: 1 });
    const waiting = elsewhere.createSubscription().then(
      ({ status }) => status,
      () => 'cut',
    );
    const isWaiting = () => other.world.faults.list()[0]?.left === 0;
    for (let look = 0; look < 1_000 && !isWaiting(); look += 1) await elsewhere.control('GET', '/faults');
    expect(isWaiting()).toBe(true);
    await other.stop();
    expect(await waiting).not.toBe(201);
  });

  it('hit only what they match: method, machine, path or query, in any case', async () => {
    await cloud.create('web');
    await cloud.fault({
      kind: 'error',
      match: { vmName: 'MX', method: 'post', path: '/DEALLOCATE$|api-version' },
    });
    expect([(await get()).status, (await cloud.power('web', 'deallocate')).status]).toEqual([200, 202]);
    expect((await cloud.power('mx', 'deallocate')).status).toBe(500);
    await cloud.fault({ kind: 'error', status: 502, match: { path: 'statusOnly=true' } });
    expect((await cloud.arm('GET', cloud.list)).status).toBe(200);
    expect((await cloud.arm('GET', `${cloud.list}?statusOnly=true`)).status).toBe(502);
  });

  it('hit the gate only where their path names it', async () => {
    await cloud.fault({ kind: 'error', status: 503 });
    expect((await cloud.gate('open', 1)).status).toBe(200);
    await cloud.fault({ kind: 'reset', times: 1, match: { path: '/gate' } });
    await expect(cloud.gate('closed', 2)).rejects.toThrow();
    await cloud.fault({ kind: 'accept-then-reset', times: 1, match: { path: '/gate', method: 'PUT' } });
    await expect(cloud.gate('closed', 3)).rejects.toThrow();
    expect((await cloud.gate('closed', 3)).body).toMatchObject({ gate: 'closed', fence: 3 });
  });

  it('are refused where they are none', async () => {
    for (const order of [
      {},
      { kind: 'flood' },
      { kind: 'error', match: { vm: 'mx' } },
      { kind: 'error', times: 0 },
    ])
      expect((await cloud.fault(order)).status).toBe(400);
  });
});

describe('faults of an operation (F10)', () => {
  const failed = (code: string) => ({ body: { status: 'Failed', error: { code } } });

  it('fail a start after the deallocate: no host, no open wire, and a provisioning that failed', async () => {
    await cloud.gate('open', 1);
    await deallocate();
    await cloud.fault({ kind: 'operation-fails', times: 1, match: { vmName: 'mx' } });
    const start = operationOf(await cloud.power('mx', 'start'));
    expect(await cloud.wire()).toEqual(['mx starting off']);
    await cloud.advance(1_000);
    expect(await cloud.arm('GET', start)).toMatchObject(failed('AllocationFailed'));
    expect(await cloud.wire()).toEqual(['mx deallocated off']);
    expect((await get()).body).toMatchObject({ properties: { provisioningState: 'Failed' } });
  });

  it('fail a deallocate and leave the machine as it was found, on its host', async () => {
    await cloud.power('mx', 'powerOff');
    await cloud.advance(1_000);
    await cloud.fault({ kind: 'operation-fails', code: 'InternalExecutionError', times: 1 });
    const stop = operationOf(await deallocate());
    expect(await cloud.arm('GET', stop)).toMatchObject(failed('InternalExecutionError'));
    expect(await cloud.wire()).toEqual(['mx stopped closed']);
  });

  it('keep one from ending until the fault is deleted', async () => {
    await cloud.fault({ kind: 'operation-endless', times: 1 });
    const stop = operationOf(await deallocate());
    await cloud.advance(86_400_000);
    expect((await cloud.arm('GET', stop)).body).toMatchObject({ status: 'InProgress' });
    expect(await cloud.wire()).toEqual(['mx deallocating closed']);
    await cloud.control('DELETE', '/faults');
    await cloud.advance(1_500);
    expect((await cloud.arm('GET', stop)).body).toMatchObject({ status: 'Succeeded' });
  });

  it('forget one that began, or answer 404 to whoever asks for it, for a while', async () => {
    await cloud.fault({ kind: 'operation-gone', times: 1, match: { method: 'POST' } });
    const forgotten = operationOf(await deallocate());
    expect((await cloud.arm('GET', forgotten)).status).toBe(404);
    const start = operationOf(await cloud.power('mx', 'start'));
    await cloud.fault({ kind: 'operation-gone', times: 1, match: { method: 'GET', vmName: 'mx' } });
    expect((await cloud.arm('GET', start)).status).toBe(404);
    expect((await cloud.arm('GET', start)).status).toBe(200);
  });

  it('point to another host', async () => {
    await cloud.fault({ kind: 'operation-elsewhere', times: 1 });
    expect(operationOf(await deallocate())).toMatch(/^https:\/\/operations\.elsewhere\.invalid\//);
    await cloud.fault({ kind: 'operation-elsewhere', times: 1, origin: 'http://127.0.0.1:9' });
    expect(operationOf(await cloud.power('mx', 'start'))).toMatch(/^http:\/\/127\.0\.0\.1:9\//);
  });

  it('are not used up by a call that is refused', async () => {
    await cloud.fault({ kind: 'operation-fails', times: 1 });
    await cloud.arm('PUT', cloud.path, { body: { state: 'Disabled' } });
    expect((await cloud.power('mx', 'deallocate')).status).toBe(409);
    await cloud.arm('PUT', cloud.path, { body: { state: 'Enabled' } });
    expect(await cloud.arm('GET', operationOf(await deallocate()))).toMatchObject({
      body: { status: 'Failed' },
    });
  });
});

describe('faults of a listing (F24)', () => {
  const names = async () => (await cloud.listAll()).names;
  beforeEach(() => cloud.create('web'));

  it('leave a machine out that a direct question still finds', async () => {
    await cloud.fault({ kind: 'vanish', match: { vmName: 'mx' } });
    expect(await names()).toEqual(['web']);
    expect((await get()).status).toBe(200);
  });

  it('answer nothing at all', async () => {
    await cloud.fault({ kind: 'empty-list', times: 1 });
    expect([await names(), await names()]).toEqual([[], ['mx', 'web']]);
  });

  it('break off at the second page', async () => {
    await cloud.control('PUT', '/page-size', { pageSize: 1 });
    await cloud.fault({ kind: 'partial-list', times: 1 });
    const { nextLink } = (await cloud.arm('GET', cloud.list)).body as { nextLink: string };
    expect((await cloud.arm('GET', nextLink)).status).toBe(500);
    expect((await cloud.arm('GET', nextLink)).status).toBe(200);
  });

  it('leave a power state out, in lists and when a machine is asked alone', async () => {
    await cloud.fault({ kind: 'no-power-state', match: { vmName: 'mx' } });
    const list = JSON.stringify((await cloud.arm('GET', `${cloud.list}?statusOnly=true`)).body);
    const view = JSON.stringify((await cloud.arm('GET', `${cloud.vm('mx')}/instanceView`)).body);
    expect([list.split('PowerState/').length - 1, view.includes('PowerState/')]).toEqual([1, false]);
  });
});

describe('the log of calls', () => {
  const calls = async (query = '') =>
    ((await cloud.control('GET', `/calls${query}`)).body as { calls: readonly Record<string, unknown>[] })
      .calls;

  it('has every ARM call with its outcome, and no query: signatures lie nowhere', async () => {
    await cloud.arm('GET', operationOf(await deallocate()));
    await cloud.fault({ kind: 'reset', times: 1 });
    await expect(get()).rejects.toThrow();
    await cloud.arm('GET', cloud.path, { token: null });
    const log = await calls();
    expect(log.map(({ method, status }) => `${String(method)} ${String(status)}`)).toEqual([
      'PUT 201',
      'PUT 201',
      'POST 202',
      'GET 200',
      'GET 0',
      'GET 401',
    ]);
    expect(log.filter(({ path }) => String(path).includes('?'))).toEqual([]);
  });

  it('is read since an instant of the emulator’s clock', async () => {
    await cloud.advance(60_000);
    await get();
    expect(await calls('?since=2026-01-10T12:01:00Z')).toHaveLength(1);
    expect(await calls('?since=2026-01-10T13:01:00%2B01:00')).toHaveLength(1);
    expect((await cloud.control('GET', '/calls?since=yesterday')).status).toBe(400);
  });
});
