import { RetryRestart } from '../../../src/application/retry-restart.js';
import { by, reviewer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const secondMs = 1_000;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

/** mx1 runs, and the gate has been open for long; then something is wrong with the first stop of it. */
async function withFaults(...faults: readonly Readonly<Record<string, unknown>>[]): Promise<Granted> {
  const right = await granted(world, 0, ['mx1']);
  await world.live(10, 30 * secondMs);
  const match = { path: `${right.client.vm('mx1')}/deallocate` };
  for (const fault of faults) await right.client.fault({ times: 1, match, ...fault });
  await right.setPlan(managed);
  return right;
}

const endless = { kind: 'operation-endless' };
const fails = { kind: 'operation-fails' };
const refused = { kind: 'error', status: 409, code: 'Conflict' };
const stands = async (right: Granted) =>
  (await right.rows()).map(({ state, exempt }) => `${state} ${exempt ? 'exempt' : 'not'}`);

describe('a stop that is ordered again', () => {
  it('after one that failed half-way: that a look saw the machine go down was our doing, and it runs again (I18)', async () => {
    const right = await withFaults(endless, fails);
    await world.live(2, 10 * secondMs);
    expect((await right.rows()).map(({ powerState }) => powerState)).toEqual(['deallocating']);
    await right.client.control('DELETE', '/faults');
    await world.live(5, 10 * secondMs);
    expect(right.orders('mx1')).toEqual(['deallocate', 'deallocate', 'start']);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    expect(await stands(right)).toEqual(['restarted exempt']);
  });

  it('after one that had no end, and did its work in the end: what stands still because of it runs again (I18)', async () => {
    const right = await withFaults(endless);
    await world.live(30, 30 * secondMs);
    expect(await stands(right)).toEqual(['failed not']);
    await right.client.control('DELETE', '/faults');
    await world.live(5, 30 * secondMs);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    const [row] = await right.rows();
    const order = { exemptionId: right.exemptionId, vmId: row?.vmId ?? '', reason: 'it ended' };
    await world.verb(RetryRestart).run(by(reviewer), order);
    await world.live(5, 30 * secondMs);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    expect(await stands(right)).toEqual(['restarted exempt']);
  });

  it('after some that were refused leaves off what its owner has stopped meanwhile (I18)', async () => {
    const right = await withFaults(refused);
    await world.work();
    const stop = `${right.client.vm('mx1')}/deallocate`;
    expect((await right.client.arm('POST', stop)).status).toBe(202);
    await right.client.fault({ ...refused, times: 2, match: { path: stop } });
    await world.live(10, 10 * secondMs);
    expect(right.orders('mx1').filter((order) => order === 'start')).toEqual([]);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    expect(await stands(right)).toEqual(['resting not']);
  });
});
