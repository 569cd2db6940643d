import { Redis } from 'ioredis';
import { until } from '../../../launch/demo/desk.js';
import { canStartRedis, startRedis, type LocalRedis } from '../../support/redis-server.js';
import { clock, createQueueWorld, machine, mail, type QueueWorld } from './queue-world.js';

let world: QueueWorld;
const states = () => world.states();
const allDone = (count: number) => (all: Readonly<Record<string, number>>) => all.done === count;
/** The sweep, in a hurry: what nobody took up within half a second is asked again. */
const swept = async () => {
  await world.ledger.sweepLost(clock.now(), 500, 3);
  return states();
};

describe('a PostgreSQL queue', () => {
  afterEach(() => world.close());

  it('whose sessions are all cut goes on by itself, and nothing is lost (F6, I10)', async () => {
    world = await createQueueWorld({ kind: 'postgres' });
    await world.add([mail(), mail()]);
    await until('the first to be done', states, allDone(2));
    await world.dataSource.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    // Whoever is given a session that was cut is told 503, and repeats: the pool finds them one by one.
    const repeated = <T>(work: () => Promise<T>) => work().catch(() => null);
    const added = () => repeated(() => world.add([mail(), mail()]).then(() => true));
    await until('a commit', added, (isSo) => isSo === true);
    await until(
      'everything to be done',
      () => repeated(swept),
      (all) => all !== null && (all.done ?? 0) >= 4 && Object.keys(all).length === 1,
    );
  });
});

// Where no Redis can be started the runner says so, loudly; in CI there is one.
for (const what of canStartRedis() ? ['a Redis'] : []) {
  describe(what, () => {
    let redis: LocalRedis;
    let admin: Redis;
    const refused = () =>
      until(
        'the relay to be refused',
        () => Promise.resolve(world.relayErrors.length),
        (count) => count > 0,
      );
    beforeEach(async () => {
      redis = await startRedis();
      admin = new Redis(redis.url);
      admin.on('error', () => undefined);
      world = await createQueueWorld({ kind: 'redis', redisUrl: redis.url, concurrency: 1 });
    });
    afterEach(async () => {
      admin.disconnect();
      await world.close();
      await redis.stop();
    });

    it('that is flushed loses jobs but no work: what nobody took up is asked again (F8, I10, I13)', async () => {
      const { work } = world;
      world.work = async (effect, lease) => {
        if (world.carried.length === 0) await admin.flushall();
        await work(effect, lease);
      };
      await world.add(Array.from({ length: 20 }, machine));
      await until('everything to be done', swept, allDone(20));
      expect(world.carried).toHaveLength(20);
      const again = await world.dataSource.query<unknown[]>('SELECT FROM effects WHERE epoch > 2');
      expect(again.length).toBeGreaterThan(0);
      expect(world.dead).toEqual([]);
    });

    it('that dies keeps no commit waiting, and loses nothing when it comes back empty (F8, I10, I13)', async () => {
      await redis.crash();
      const begun = performance.now();
      await world.add([mail(), machine()]);
      expect(performance.now() - begun).toBeLessThan(1_000);
      await refused();
      await world.add([mail()]);
      expect(await states()).not.toHaveProperty('done');
      redis = await startRedis({ port: redis.port });
      await until('everything to be done', states, allDone(3));
      expect(world.carried).toHaveLength(3);
    });

    it('that is full refuses jobs, and gets them when it has room (F8, I16)', async () => {
      await admin.config('SET', 'maxmemory', '1');
      await world.add([mail(), machine()]);
      await refused();
      expect(world.carried).toEqual([]);
      await admin.config('SET', 'maxmemory', '0');
      await until('everything to be done', states, allDone(2));
    });

    it('that is slow makes no job run twice: what it took after all has an old epoch (F8, I10)', async () => {
      await admin.client('PAUSE', 7_000, 'ALL');
      await world.add([machine(), machine()]);
      await refused();
      await until('everything to be done', states, allDone(2));
      const waiting = () => world.queues['vm-restarts'].count();
      await until('the late jobs to be gone', waiting, (count) => count === 0);
      expect(world.carried).toHaveLength(2);
    });
  });
}
