import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { RetryRestart } from '../../../src/application/retry-restart.js';
import { by, customer, reviewer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const secondMs = 1_000;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;
const twice = ['deallocate', 'deallocate', 'start'];

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

const stateOf = async ({ exemptionId }: Granted) =>
  (await world.verb(FindExemption).run(by(customer), exemptionId)).state;

/** The cloud takes a stop of mx1, never ends it, and after the deadline it turns out that mx1 ran all the time. */
async function stopWithoutEnd(right: Granted, order: () => Promise<unknown>): Promise<void> {
  const match = { path: `${right.client.vm('mx1')}/deallocate` };
  for (const kind of ['operation-endless', 'operation-fails'])
    await right.client.fault({ kind, times: 1, match });
  await order();
  await world.live(25, 30 * secondMs);
  expect((await right.rows()).map(({ state }) => state)).toEqual(['failed']);
  await right.client.control('DELETE', '/faults');
  await world.live(3, 30 * secondMs);
}

async function retry(right: Granted): Promise<void> {
  const [row] = await right.rows();
  const order = { exemptionId: right.exemptionId, vmId: row?.vmId ?? '', reason: 'it ran all the time' };
  await world.verb(RetryRestart).run(by(reviewer), order);
}

describe('a machine that ran on after a stop without end, and is tried again', () => {
  it('is stopped again, and never proven by the host that it always had (I6)', async () => {
    const right = await granted(world, 0, ['mx1']);
    await stopWithoutEnd(right, () => right.setPlan(managed));
    expect(await right.client.wire()).toEqual(['mx1 running closed']);
    await retry(right);
    for (let step = 0; step < 30; step += 1) {
      await world.live(1 / 6, 10 * secondMs);
      const [wire] = await right.client.wire();
      const [row] = await right.rows();
      if (row?.state === 'restarted' || (await stateOf(right)) === 'effective')
        expect(wire).toBe('mx1 running open');
    }
    expect(right.orders('mx1')).toEqual(twice);
    expect(await stateOf(right)).toBe('effective');
  });

  it('is stopped again in a revocation, too: it may have taken an open host that nobody saw (I7)', async () => {
    const right = await granted(world, 0, ['mx1']);
    await world.live(3, 30 * secondMs);
    // Its owner cycles it between two looks.
    await right.client.power('mx1', 'deallocate');
    world.emulator.world.clock.advance(5 * secondMs);
    await right.client.power('mx1', 'start');
    world.emulator.world.clock.advance(5 * secondMs);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    await stopWithoutEnd(right, () => right.revoke());
    await retry(right);
    await world.live(5, 10 * secondMs);
    expect(await stateOf(right)).toBe('revoked');
    expect(await right.client.wire()).toEqual(['mx1 running closed']);
  });

  /** Its second stop is admitted, and the cloud is too busy to take it. */
  async function waitingAgain() {
    const right = await granted(world, 0, ['mx1']);
    await stopWithoutEnd(right, () => right.setPlan(managed));
    const busy = { kind: 'throttle', match: { path: `${right.client.vm('mx1')}/deallocate` } };
    await right.client.fault(busy);
    await retry(right);
    await world.live(1, 10 * secondMs);
    expect((await right.rows()).map(({ state }) => state)).toEqual(['deallocating']);
    return { right, busy };
  }

  it('is left to its owner, who stops it while the second stop waits to be given (I18)', async () => {
    const { right, busy } = await waitingAgain();
    await right.client.control('DELETE', '/faults');
    await right.client.power('mx1', 'deallocate');
    await right.client.fault(busy);
    await world.live(2, 10 * secondMs);
    await right.client.control('DELETE', '/faults');
    await world.live(10, 10 * secondMs);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    expect((await right.rows()).map(({ state }) => state)).toEqual(['resting']);
  });

  it('is held back where its plan is interrupted while the second stop waits to be given (F23)', async () => {
    const { right } = await waitingAgain();
    const ordered = right.orders('mx1');
    await right.setPlan({ ...managed, mode: 'observed' });
    await world.live(2, 10 * secondMs);
    await right.client.control('DELETE', '/faults');
    await world.live(5, 10 * secondMs);
    expect(right.orders('mx1')).toEqual(ordered);
    expect((await right.rows()).map(({ state }) => state)).toEqual(['waiting']);
  });
});
