import type { ClaimedEffect } from '../../../src/domain/ports/effect-store.js';
import { carryOut, createEmulatedWorld, granted, type EmulatedWorld } from './emulated-world.js';

const secondMs = 1_000;
const managed = { mode: 'managed', window: null, maxUnavailable: 1, canary: false } as const;

let world: EmulatedWorld;
beforeAll(async () => {
  world = await createEmulatedWorld();
});
afterAll(() => world.close());

async function carriedOut({ id, epoch }: ClaimedEffect): Promise<void> {
  const taken = await world.ledger.takeLease(id, epoch, 60 * secondMs);
  if (taken !== null) await carryOut(world.verb, taken.effect.effect, taken.lease);
}

describe('a look during which a step of ours ended', () => {
  it('says nothing of that machine: it is down, and not exempt for having been seen on its way (I6, I18, F12)', async () => {
    const right = await granted(world, 0, ['mx1']);
    await world.live(10, 30 * secondMs);
    await right.setPlan(managed);
    await world.work();
    expect(right.orders('mx1')).toEqual(['deallocate']);
    // Our clock stands still meanwhile: the instants of look and step do not tell which was first.
    world.clock.passMs(20 * secondMs);
    const due = await world.ledger.claimDue(100, world.clock.now());
    const [look, step] = ['conduct-restarts', 'restart-vm'].map((type) =>
      due.find((one) => one.type === type),
    );
    if (look === undefined || step === undefined) throw new Error('a look and a step were to be due');
    world.pausedCloud.afterPowerStates = async () => {
      world.emulator.world.clock.advance(5 * secondMs);
      await carriedOut(step);
    };
    await carriedOut(look);
    expect(await right.client.wire()).toEqual(['mx1 deallocated off']);
    const [row] = await right.rows();
    expect(row).toMatchObject({ state: 'starting', powerState: 'deallocated', exempt: false });
    await world.live(5, 10 * secondMs);
    expect(await right.client.wire()).toEqual(['mx1 running open']);
    expect((await right.rows()).map(({ state, exempt }) => `${state} ${String(exempt)}`)).toEqual([
      'restarted true',
    ]);
  });
});
