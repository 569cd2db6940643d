import { request } from 'node:https';
import { startEmulator, type RunningEmulator } from './emulator.js';
import { CloudClient } from './support/cloud-client.js';

let emulator: RunningEmulator;
let cloud: CloudClient;
beforeEach(async () => {
  emulator = await startEmulator();
  cloud = new CloudClient(emulator.url);
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  await cloud.createSubscription();
});
afterEach(() => emulator.stop());

const order = async (name: string, action: string) => {
  expect((await cloud.power(name, action)).status).toBe(202);
  await cloud.advance(2_000);
};

describe('the wire to port 25 (I6)', () => {
  it('takes the gate’s position when a machine is created', async () => {
    await cloud.create('old');
    await cloud.gate('open', 1);
    await cloud.create('new');
    expect(await cloud.wire()).toEqual(['old running closed', 'new running open']);
  });

  it.each(['restart', 'redeploy', 'reapply', 'reimage', 'start'])(
    'keeps its position over a %s',
    async (action) => {
      await cloud.create('mx');
      await cloud.gate('open', 1);
      await order('mx', action);
      expect(await cloud.wire()).toEqual(['mx running closed']);
    },
  );

  it('keeps its position over a stop that does not release the host, and the start after it', async () => {
    await cloud.create('mx');
    await cloud.gate('open', 1);
    await order('mx', 'powerOff');
    expect(await cloud.wire()).toEqual(['mx stopped closed']);
    await order('mx', 'start');
    expect(await cloud.wire()).toEqual(['mx running closed']);
  });

  it('takes the gate’s position at the beginning of a start from deallocated', async () => {
    await cloud.create('mx');
    await order('mx', 'deallocate');
    expect(await cloud.wire()).toEqual(['mx deallocated off']);
    await cloud.gate('open', 1);
    await cloud.power('mx', 'start');
    expect(await cloud.wire()).toEqual(['mx starting open']);
    await cloud.gate('closed', 2);
    await cloud.advance(1_000);
    expect(await cloud.wire()).toEqual(['mx running open']);
  });

  it('stays as it is until a deallocate has ended', async () => {
    await cloud.create('mx');
    await cloud.power('mx', 'deallocate');
    await cloud.advance(1_499);
    expect(await cloud.wire()).toEqual(['mx deallocating closed']);
    await cloud.advance(1);
    expect(await cloud.wire()).toEqual(['mx deallocated off']);
  });

  it('follows the gate at once where the gate applies to running machines', async () => {
    await cloud.create('mx');
    const mode = await cloud.control('PUT', `/subscriptions/${cloud.subscription}/gate-mode`, {
      appliesTo: 'running',
    });
    expect(mode.body).toMatchObject({ appliesTo: 'running', gate: 'closed' });
    expect((await cloud.gate('open', 1)).body).toMatchObject({ appliesTo: 'running' });
    expect(await cloud.wire()).toEqual(['mx running open']);
  });
});

describe('the gate', () => {
  const read = () => cloud.control('GET', `/subscriptions/${cloud.subscription}/gate`);
  const opened = { gate: 'open', fence: 2, movedAt: '2026-01-10T12:00:00.000Z', appliesTo: 'next-start' };

  it('is closed at fence 0 before it was ever moved', async () => {
    const never = { gate: 'closed', fence: 0, movedAt: null, appliesTo: 'next-start' };
    expect((await read()).body).toEqual(never);
    expect(await cloud.gate('closed', 0)).toMatchObject({ status: 200, body: never });
  });

  it('answers the same order alike, with the time of its first move', async () => {
    expect(await cloud.gate('open', 2)).toMatchObject({ status: 200, body: opened });
    await cloud.advance(60_000);
    expect(await cloud.gate('open', 2)).toMatchObject({ status: 200, body: opened });
    expect((await read()).body).toEqual(opened);
  });

  it('refuses a smaller fence, and the same one with another position, and says where it stands (I8)', async () => {
    await cloud.gate('open', 2);
    const refused = { status: 409, body: { error: { code: 'FenceTooSmall' }, ...opened } };
    expect(await cloud.gate('closed', 2)).toMatchObject(refused);
    expect(await cloud.gate('open', 1)).toMatchObject(refused);
  });

  it('refuses what is no order', async () => {
    const path = `/subscriptions/${cloud.subscription}/gate`;
    for (const body of [undefined, {}, { gate: 'ajar', fence: 1 }, { gate: 'open', fence: 1.5 }])
      expect((await cloud.control('PUT', path, body)).status).toBe(400);
    expect(await cloud.control('GET', '/subscriptions/none/gate')).toMatchObject({
      status: 404,
      body: { error: { code: 'SubscriptionNotFound' } },
    });
  });
});

describe('the emulator as a whole', () => {
  it('speaks https with the certificate that it names', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const url = `${emulator.tlsUrl}${cloud.path}?api-version=2022-12-01`;
      const call = request(url, { ca: emulator.ca, agent: false, headers: { authorization: 'Bearer any' } });
      call.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)));
      call.on('error', reject).end();
    });
    expect(status).toBe(200);
  });

  it('is empty after a reset, as after a restart (F24)', async () => {
    await cloud.create('mx');
    expect((await cloud.control('POST', '/reset')).status).toBe(204);
    expect(await cloud.arm('GET', cloud.list)).toMatchObject({
      status: 404,
      body: { error: { code: 'SubscriptionNotFound' } },
    });
  });

  it('leaves nothing open where a port is taken', async () => {
    const port = Number(new URL(emulator.url).port);
    await expect(startEmulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const dnsPort = Number(emulator.dns.split(':')[1]);
    await expect(startEmulator({ dnsPort })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('goes on by the real clock, by simulated instants, or by steps', async () => {
    expect((await cloud.control('PUT', '/clock', { now: '2030-01-01T00:00:00Z' })).body).toEqual({
      now: '2030-01-01T00:00:00.000Z',
      simulated: true,
    });
    expect((await cloud.advance(1)).body).toMatchObject({ now: '2030-01-01T00:00:00.001Z' });
    expect((await cloud.control('PUT', '/clock', {})).body).toMatchObject({ simulated: false });
    expect((await cloud.control('PUT', '/clock', { now: 'soon' })).status).toBe(400);
  });
});
