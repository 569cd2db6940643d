import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/adapters/postgres/data-source.js';
import { PostgresHousekeeping } from '../../src/adapters/postgres/postgres-housekeeping.js';
import { PostgresRateCounters } from '../../src/adapters/postgres/postgres-rate-counters.js';
import { RedisRateCounters } from '../../src/adapters/redis/redis-rate-counters.js';
import type { RateCounters } from '../../src/domain/ports/rate-counters.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres-database.js';
import { queueBackends, testRedisUrl, type QueueBackendName } from '../support/redis-server.js';

let database: TestDatabase;
let dataSource: DataSource;
const toClose: RedisRateCounters[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const options = dataSourceOptions({ url: database.appUrl, poolSize: 4, name: 'rate-counters' });
  dataSource = await new DataSource(options).initialize();
});
afterAll(async () => {
  for (const counters of toClose) counters.onApplicationShutdown();
  await dataSource.destroy();
  await database.drop();
});

const prefix = `{counters-${String(process.pid)}}`;

/** The counters of one process more; they answer already. */
async function ofAProcess(backend: QueueBackendName): Promise<RateCounters> {
  if (backend === 'postgres') return new PostgresRateCounters(dataSource);
  const counters = new RedisRateCounters(testRedisUrl() ?? '', prefix);
  toClose.push(counters);
  await counters.ready();
  return counters;
}

describe.each(queueBackends())('rate counters on %s', (backend) => {
  it('give the totals of all processes', async () => {
    const [one, other] = [await ofAProcess(backend), await ofAProcess(backend)];
    expect(await one.add([{ key: 'a', window: 7, points: 5 }])).toEqual([{ key: 'a', window: 7, points: 5 }]);
    const both = await other.add([
      { key: 'b', window: 7, points: 1 },
      { key: 'a', window: 7, points: 2 },
    ]);
    expect(both.toSorted((x, y) => (x.key < y.key ? -1 : 1))).toEqual([
      { key: 'a', window: 7, points: 7 },
      { key: 'b', window: 7, points: 1 },
    ]);
    expect(await one.add([{ key: 'a', window: 8, points: 1 }])).toEqual([{ key: 'a', window: 8, points: 1 }]);
  });

  it('are right when many add at once, in whatever order', async () => {
    const processes = await Promise.all([ofAProcess(backend), ofAProcess(backend), ofAProcess(backend)]);
    const keys = Array.from({ length: 50 }, (_, index) => `key ${String(index)}`);
    const used = keys.map((key) => ({ key, window: 9, points: 1 }));
    const rounds = Array.from({ length: 10 }, (_, round) => round);
    await Promise.all(
      rounds.flatMap((round) =>
        processes.map((counters) => counters.add(round % 2 === 0 ? used : used.toReversed())),
      ),
    );
    const totals = await processes[0].add(used);
    expect(new Set(totals.map(({ points }) => points))).toEqual(new Set([31]));
  });
});

it('on PostgreSQL are purged once nobody needs them', async () => {
  await new PostgresRateCounters(dataSource).add([{ key: 'old', window: 1, points: 1 }]);
  await dataSource.query(
    `UPDATE rate_counters SET counted_at = now() - interval '6 minutes' WHERE key = 'old'`,
  );
  await new PostgresHousekeeping(dataSource).purge();
  const [left] = await dataSource.query<{ count: string }[]>(
    `SELECT count(*) FROM rate_counters WHERE key = 'old'`,
  );
  expect(left?.count).toBe('0');
});

it('on Redis fail at once where nobody answers, and keep nothing waiting', async () => {
  const counters = new RedisRateCounters('redis://127.0.0.1:9', prefix);
  toClose.push(counters);
  await expect(counters.add([{ key: 'a', window: 1, points: 1 }])).rejects.toThrow();
});
