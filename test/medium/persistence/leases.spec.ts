import { randomUUID } from 'node:crypto';
import { LeaseLost, type EffectLease } from '../../../src/domain/ports/effect-store.js';
import { until } from '../../../launch/demo/desk.js';
import { createStoreWorld, mail, restartOf, system, type StoreWorld } from './store-world.js';

let world: StoreWorld;
beforeAll(async () => {
  world = await createStoreWorld();
});
beforeEach(() => world.asOwner('DELETE FROM effects'));
afterAll(() => world.close());

const lostAfterMs = 60_000;
const sweep = () => world.ledger.sweepLost(world.clock.now(), lostAfterMs, 3);
const runOut = () =>
  world.asOwner(
    `UPDATE effects SET lease_until = clock_timestamp() - interval '1 ms' WHERE lease_token IS NOT NULL`,
  );
const write = (lease: EffectLease, name: string, settles = true) =>
  world.inTransaction(
    async (tx) => {
      await tx.tenants.save({ tenantId: randomUUID(), kind: 'customer', name });
      if (settles) await tx.effects.settle({ kind: 'done' });
    },
    { ...system, lease },
  );
const written = async (name: string) =>
  (await world.asOwner('SELECT FROM tenants WHERE name = $1', [name])).length;

describe('a lease', () => {
  it('is one worker’s: whoever comes second, or with another epoch, finds nothing to do (I8, I10)', async () => {
    await world.add(mail(randomUUID()));
    const [claimed] = await world.claim();
    const id = claimed?.id ?? '';
    expect(await world.ledger.takeLease(id, 2, 60_000)).toBeNull();
    const all = await Promise.all(Array.from({ length: 5 }, () => world.ledger.takeLease(id, 1, 60_000)));
    expect(all.filter((one) => one !== null)).toHaveLength(1);
  });

  it('is not there before its effect was claimed, nor after it ended', async () => {
    await world.add(mail(randomUUID()));
    const [row] = await world.asOwner<{ id: string }>('SELECT id FROM effects');
    expect(await world.ledger.takeLease(row?.id ?? '', 1, 60_000)).toBeNull();
    const { effect, lease } = await world.taken();
    await world.settled(lease);
    expect(await world.ledger.takeLease(effect.id, effect.epoch, 60_000)).toBeNull();
    expect(await world.ledger.takeLease(effect.id, effect.epoch + 1, 60_000)).toBeNull();
  });

  it('that ran out is not taken over by a job that the queue delivers again: the sweep counts it (F14)', async () => {
    await world.add(mail(randomUUID()));
    const { effect } = await world.taken();
    await runOut();
    expect(await world.ledger.takeLease(effect.id, effect.epoch, 60_000)).toBeNull();
    expect(await sweep()).toEqual({ again: 1, dead: [] });
    expect((await world.taken()).effect).toMatchObject({ epoch: 2, losses: 1 });
  });

  it('is kept alive by its holder, and cannot be revived after it ran out (F4)', async () => {
    await world.add(mail(randomUUID()));
    const { lease } = await world.taken(1_000);
    expect(await world.ledger.extendLease(lease, 60_000)).toBe(true);
    expect(lease.isHeld()).toBe(true);
    await runOut();
    expect(await world.ledger.extendLease(lease, 60_000)).toBe(false);
  });

  it('ends on the holder’s own monotonic clock no later than on the database’s (I8, F13)', async () => {
    await world.add(mail(randomUUID()));
    const { lease } = await world.taken(100);
    await until(
      'the lease to end here',
      () => Promise.resolve(lease.isHeld()),
      (held) => !held,
    );
    const [row] = await world.asOwner<{ ended: boolean }>(
      `SELECT lease_until <= clock_timestamp() + interval '100 ms' AS ended FROM effects`,
    );
    expect(row?.ended).toBe(true);
  });
});

describe('a worker whose lease was lost', () => {
  it.each([true, false])(
    'writes nothing at all, whether it settles (%s) or not (F4, I8)',
    async (settles) => {
      await world.add(mail(randomUUID()));
      const { lease } = await world.taken();
      await runOut();
      await sweep();
      const name = `zombie ${randomUUID()}`;
      await expect(write(lease, name, settles)).rejects.toBeInstanceOf(LeaseLost);
      expect(await written(name)).toBe(0);
    },
  );

  it('in the middle of its transaction writes nothing either (F4, I8)', async () => {
    await world.add(mail(randomUUID()));
    const { lease } = await world.taken(200);
    const name = `zombie ${randomUUID()}`;
    const attempt = world.inTransaction(
      async (tx) => {
        await tx.tenants.save({ tenantId: randomUUID(), kind: 'customer', name });
        await until(
          'the lease to end',
          () => Promise.resolve(lease.isHeld()),
          (held) => !held,
        );
        await tx.effects.settle({ kind: 'done' });
      },
      { ...system, lease },
    );
    await expect(attempt).rejects.toBeInstanceOf(LeaseLost);
    expect(await written(name)).toBe(0);
  });

  it('cannot say that it failed, and does not disturb the one that took over (F4)', async () => {
    await world.add(mail(randomUUID()));
    const zombie = await world.taken();
    await runOut();
    await sweep();
    const successor = await world.taken();
    expect(await world.ledger.recordFailure(zombie.lease, 'Error', { kind: 'dead' })).toBe(false);
    expect(await world.ledger.extendLease(zombie.lease, 60_000)).toBe(false);
    const name = `successor ${randomUUID()}`;
    await write(successor.lease, name);
    expect(await written(name)).toBe(1);
    expect(await world.asOwner('SELECT state FROM effects')).toEqual([{ state: 'done' }]);
  });

  it('and a live one that settles at the same moment: one of them has it (I8)', async () => {
    await world.add(mail(randomUUID()));
    const { lease } = await world.taken();
    const both = await Promise.allSettled([world.settled(lease), world.settled(lease)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('may still commit in between without ending the effect while it holds it', async () => {
    await world.add(mail(randomUUID()));
    const { lease } = await world.taken();
    const name = `between ${randomUUID()}`;
    await write(lease, name, false);
    expect(await written(name)).toBe(1);
    await world.settled(lease);
  });
});

describe('the sweep', () => {
  const lose = () =>
    world.asOwner(
      `UPDATE effects SET dispatched_at = clock_timestamp() - interval '61 s' WHERE state = 'dispatched'`,
    );

  it('asks again for what the queue lost, under a new epoch, as often as it happens (F8, I13)', async () => {
    await world.add(restartOf(randomUUID()));
    for (let epoch = 1; epoch <= 5; epoch += 1) {
      expect(await world.claim()).toMatchObject([{ epoch }]);
      expect(await sweep()).toEqual({ again: 0, dead: [] });
      await lose();
      expect(await sweep()).toEqual({ again: 1, dead: [] });
    }
  });

  it('leaves alone what a worker holds', async () => {
    await world.add(restartOf(randomUUID()));
    await world.taken();
    await lose();
    expect(await sweep()).toEqual({ again: 0, dead: [] });
  });

  it('sets aside what lost its worker three times, and answers it once (F14)', async () => {
    await world.add(restartOf(randomUUID()), restartOf(randomUUID()));
    const neighbour = await world.taken();
    for (let loss = 1; loss <= 3; loss += 1) {
      const { effect } = await world.taken();
      await world.asOwner(`UPDATE effects SET lease_until = clock_timestamp() WHERE id = $1`, [effect.id]);
      const { again, dead } = await sweep();
      expect([again, dead.map(({ id }) => id)]).toEqual(loss < 3 ? [1, []] : [0, [effect.id]]);
    }
    expect(await sweep()).toEqual({ again: 0, dead: [] });
    await world.settled(neighbour.lease);
  });

  it('forgets losses once a worker came through', async () => {
    await world.add(restartOf(randomUUID()));
    for (let round = 1; round <= 4; round += 1) {
      await world.taken();
      await runOut();
      expect((await sweep()).dead).toEqual([]);
      const { effect, lease } = await world.taken();
      expect(effect.losses).toBe(1);
      await world.settled(lease, world.clock.now());
    }
  });

  it('by two workers at once asks once each', async () => {
    await world.add(...Array.from({ length: 20 }, () => restartOf(randomUUID())));
    await world.claim();
    await lose();
    const both = await Promise.all([sweep(), sweep()]);
    expect(both[0].again + both[1].again).toBe(20);
  });
});
