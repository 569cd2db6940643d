import type { GridEvent } from '../support/grid-endpoint.js';
import { startGridWorld, type GridWorld } from '../support/grid-world.js';

let world: GridWorld;
let emulator: GridWorld['emulator'];
let cloud: GridWorld['cloud'];
let endpoint: GridWorld['endpoint'];
let subscribe: GridWorld['subscribe'];
let state: GridWorld['state'];
let deallocate: GridWorld['deallocate'];
beforeEach(async () => {
  world = await startGridWorld();
  ({ emulator, cloud, endpoint, subscribe, state, deallocate } = world);
});
afterEach(() => world.stop());

describe('an event', () => {
  it('is sent when something has ended, without being asked for, and says what and how', async () => {
    await subscribe({ caseChanges: false });
    await deallocate();
    await cloud.fault({ kind: 'operation-fails', times: 1 });
    await cloud.power('Mx1', 'start');
    await cloud.arm('DELETE', cloud.vm('Mx1'));
    await cloud.advance(2_000);
    expect(endpoint.told()).toEqual([
      'ResourceActionSuccess Microsoft.Compute/virtualMachines/deallocate/action',
      'ResourceActionFailure Microsoft.Compute/virtualMachines/start/action',
      'ResourceDeleteSuccess Microsoft.Compute/virtualMachines/delete',
    ]);
    expect(endpoint.events()[0]).toMatchObject({
      subject: cloud.vm('Mx1'),
      eventTime: '2026-01-10T12:00:01.5000000Z',
      dataVersion: '2',
      topic: cloud.path,
      data: { resourceUri: cloud.vm('Mx1'), status: 'Succeeded', subscriptionId: cloud.subscription },
    });
    expect(endpoint.deliveries()[0]?.headers).toMatchObject({
      'aeg-delivery-count': '0',
      'aeg-data-version': '2',
    });
  });

  it('has the correlation id of its operation’s records in the activity log', async () => {
    await subscribe();
    await deallocate();
    await cloud.advance(1_000);
    const [{ data }] = endpoint.events() as [GridEvent];
    const filter = `eventTimestamp ge '2026-01-10T12:00:00Z' and correlationId eq '${String(data.correlationId)}'`;
    const { body } = await cloud.arm('GET', `${cloud.log}?$filter=${encodeURIComponent(filter)}`);
    expect((body as { value: unknown[] }).value).toHaveLength(3);
  });

  it('is told of the platform’s own doings too', async () => {
    await subscribe();
    await cloud.control('POST', `/subscriptions/${cloud.subscription}/platform`, { action: 'deallocate' });
    await cloud.advance(1_500);
    expect(endpoint.told()).toEqual([
      'ResourceActionSuccess Microsoft.Compute/virtualMachines/deallocate/action',
    ]);
  });

  it('is tried again, later each time, until it is taken (F12)', async () => {
    await subscribe();
    endpoint.statuses = [500, 503, 202];
    await deallocate();
    await cloud.advance(9_999);
    expect(endpoint.deliveries()).toHaveLength(1);
    await cloud.advance(1);
    expect(endpoint.deliveries()).toHaveLength(2);
    expect(await state()).toMatchObject({ pending: 1, delivered: 0 });
    await cloud.advance(30_000);
    expect(new Set(endpoint.events().map(({ id }) => id)).size).toBe(1);
    expect(endpoint.deliveries().map(({ headers }) => headers['aeg-delivery-count'])).toEqual([
      '0',
      '1',
      '2',
    ]);
    expect(await state()).toMatchObject({ pending: 0, delivered: 1 });
  });

  it('is given up after the last try', async () => {
    await subscribe({ retryDelaysMs: [1_000, 1_000] });
    endpoint.statuses = [401, 401, 401, 200];
    await deallocate();
    await cloud.advance(3_600_000);
    expect(await state()).toMatchObject({ pending: 0, delivered: 0, givenUp: 1 });
    const { body } = await cloud.control('GET', '/event-grid/tries');
    expect((body as { tries: { status: number }[] }).tries.map(({ status }) => status)).toEqual([
      401, 401, 401,
    ]);
  });

  it('comes late, more than once and overtaken by others, where that is asked for (F12)', async () => {
    await subscribe({ delayMs: 60_000, duplicates: 1, shuffle: true });
    for (let round = 0; round < 4; round += 1) {
      await cloud.power('Mx1', 'restart');
      await cloud.advance(1_000);
    }
    await cloud.advance(56_000 - 2_000);
    expect(endpoint.deliveries()).toEqual([]);
    await cloud.advance(120_000);
    const times = endpoint.events().map(({ eventTime }) => eventTime);
    expect(times).toHaveLength(8);
    expect(new Set(times).size).toBe(4);
    expect(times).not.toEqual([...times].sort());
  });

  it('of another subscription goes nowhere where one is named', async () => {
    await subscribe({ subscriptions: ['00000000-0000-4000-8000-00000000000f'] });
    await deallocate();
    expect(endpoint.deliveries()).toEqual([]);
  });

  it('is not sent any more after the end of its subscription, or a reset', async () => {
    await subscribe({ delayMs: 1_000 });
    await deallocate();
    await cloud.control('DELETE', '/event-grid');
    await cloud.advance(60_000);
    expect(endpoint.deliveries()).toEqual([]);
  });

  it('is sent by the real clock as well', async () => {
    await cloud.control('PUT', '/clock', {});
    await cloud.control('PUT', '/durations', { deallocateMs: 10 });
    await subscribe();
    const arrived = new Promise<void>((resolve) => {
      emulator.world.journal.onEnd(() => emulator.world.clock.at(Date.now() + 1, resolve));
    });
    await cloud.power('Mx1', 'deallocate');
    await arrived;
    await emulator.world.eventGrid.idle();
    expect(endpoint.told()).toEqual([
      'ResourceActionSuccess Microsoft.Compute/virtualMachines/deallocate/action',
    ]);
  });
});
