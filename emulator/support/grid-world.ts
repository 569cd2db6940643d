import { startEmulator, type RunningEmulator } from '../emulator.js';
import { CloudClient } from './cloud-client.js';
import { GridEndpoint } from './grid-endpoint.js';

/** An emulated cloud with one machine, `Mx1`, at a standing clock, and somebody who takes its events. */
export interface GridWorld {
  readonly emulator: RunningEmulator;
  readonly cloud: CloudClient;
  readonly endpoint: GridEndpoint;
  readonly subscribe: (more?: object) => ReturnType<CloudClient['control']>;
  /** What the switchboard says of the event subscription. */
  readonly state: () => Promise<Awaited<ReturnType<CloudClient['control']>>['body']>;
  readonly deallocate: () => Promise<void>;
  readonly stop: () => Promise<unknown>;
}

export async function startGridWorld(): Promise<GridWorld> {
  const emulator = await startEmulator();
  const cloud = new CloudClient(emulator.url);
  emulator.world.clock.set('2026-01-10T12:00:00.000Z');
  await cloud.createSubscription();
  await cloud.create('Mx1');
  const endpoint = await GridEndpoint.start();
  return {
    emulator,
    cloud,
    endpoint,
    subscribe: (more = {}) =>
      cloud.control('PUT', '/event-grid', { endpoint: `${endpoint.url}/events?code=secret`, ...more }),
    state: async () => (await cloud.control('GET', '/event-grid')).body,
    deallocate: async () => {
      await cloud.power('Mx1', 'deallocate');
      await cloud.advance(1_500);
    },
    stop: () => Promise.all([emulator.stop(), endpoint.stop()]),
  };
}
