import { FindExemption } from '../../../src/application/queries/find-exemption.js';
import { by, customer } from './people.js';
import { createEmulatedWorld, granted, type EmulatedWorld, type Granted } from './emulated-world.js';

const secondMs = 1_000;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

/** mx1 was seen without a host under the open gate, so that the right is effective. */
async function resting(): Promise<Granted> {
  const right = await granted(world, 0, ['mx1']);
  await world.live(1);
  await right.client.power('mx1', 'deallocate');
  await world.live(20);
  expect((await right.exemption())?.state).toBe('effective');
  return right;
}

/** Its owner starts mx1 and shuts it down from inside, and nobody looks before that is over. */
async function startedAndShutDown({ client }: Granted): Promise<void> {
  for (const action of ['start', 'powerOff']) {
    expect((await client.power('mx1', action)).status).toBe(202);
    world.pass(60 * secondMs);
  }
}
const shown = async ({ exemptionId }: Granted) => {
  const { state, stillOpen } = await world.verb(FindExemption).run(by(customer), exemptionId);
  return { state, stillOpen };
};
const stands = async (right: Granted) => (await right.rows()).map(({ state }) => state);

describe('a machine that was started and shut down from inside between two looks', () => {
  it('holds an open host, whatever was seen before: the end of the right takes it (I7)', async () => {
    const right = await resting();
    await startedAndShutDown(right);
    await world.live(3);
    expect(await right.client.wire()).toEqual(['mx1 stopped open']);
    await right.revoke();
    await world.live(1, 15 * secondMs);
    expect(await shown(right)).toEqual({ state: 'revoking', stillOpen: 1 });
    await world.live(10, 15 * secondMs);
    expect(await shown(right)).toEqual({ state: 'revoked', stillOpen: 0 });
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    expect(await stands(right)).toEqual(['resting']);
  });

  it('is counted as still open by the first look of a suspension, and by all others (I17)', async () => {
    const right = await resting();
    await startedAndShutDown(right);
    await world.live(6);
    await right.suspend();
    await world.live(1);
    expect(await shown(right)).toEqual({ state: 'suspended', stillOpen: 1 });
    await world.live(20);
    expect(await shown(right)).toEqual({ state: 'suspended', stillOpen: 1 });
  });

  it('while the gate was closed is deallocated by a managed plan, and rests: the right is effective again (I6)', async () => {
    const right = await resting();
    await right.setPlan(managed);
    await right.whileSuspended(() => startedAndShutDown(right), 0);
    await world.live(20, 15 * secondMs);
    expect(await shown(right)).toMatchObject({ state: 'effective' });
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    expect(right.orders('mx1').at(-1)).toBe('deallocate');
  });

  it('is exempt once it runs: the host that it took since is one of the open gate (I6)', async () => {
    const right = await resting();
    await startedAndShutDown(right);
    await world.live(20);
    expect(await stands(right)).toEqual(['resting']);
    await right.client.power('mx1', 'start');
    await world.live(10);
    expect((await right.rows()).map(({ state, exempt }) => ({ state, exempt }))).toEqual([
      { state: 'restarted', exempt: true },
    ]);
  });
});
