import { Redis } from 'ioredis';
import type pg from 'pg';
import { until } from '../../launch/demo/desk.js';
import { requestBody } from '../../launch/demo/exemption-desk.js';
import { clientOf } from '../../src/adapters/postgres/connections.js';
import {
  aSubscription,
  exemptionState,
  granted,
  registerDevelopmentTenants,
  reviewed,
} from '../support/filing.js';
import type { TestDatabase } from '../support/postgres-database.js';
import { startPostern, type Postern, type Seen } from '../support/postern.js';
import { queueBackends, testRedisUrl } from '../support/redis-server.js';
import { startProcess, type ProcessName, type StartedProcess } from '../support/started-process.js';

/** A hundred on both queues together with those in a start. */
const idleRounds = 27;
const busyRounds = 30;
const startRounds = { api: 4, worker: 12 } as const;
const managed = { mode: 'managed', maxUnavailable: 2, canary: false };

const ofTheProduct = `datname = current_database() AND usename = 'postern_app'`;

/** Ends the sessions of the product's processes in this database for which that is true; how many there were. */
async function endSessions(owner: pg.Client, which = 'true'): Promise<number> {
  const { rowCount } = await owner.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ofTheProduct} AND ${which}`,
  );
  return rowCount ?? 0;
}

async function endConnectionsOfRedis(): Promise<void> {
  const redis = new Redis(testRedisUrl() ?? '');
  for (const type of ['normal', 'pubsub']) await redis.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
  redis.disconnect();
}

describe.each(queueBackends())('when every connection is ended at once, with the queue on %s', (backend) => {
  let postern: Postern;
  let owner: pg.Client;
  beforeAll(async () => {
    postern = await startPostern({ redisUrl: backend === 'redis' ? testRedisUrl() : null });
    owner = clientOf(postern.database.ownerUrl, 'postern-test');
    await owner.connect();
    await registerDevelopmentTenants(postern);
  });
  afterAll(async () => {
    await owner.end();
    await postern.stop();
  });

  const pids = () => [postern.pid('api'), postern.pid('worker'), postern.pid('emulator')];
  const endAll = async (): Promise<number> => {
    const [ended] = await Promise.all([
      endSessions(owner),
      backend === 'redis' ? endConnectionsOfRedis() : null,
    ]);
    return ended;
  };

  /** Whether both processes say that they are ready: each of them has asked the database for that. */
  const areReady = async (): Promise<boolean> => {
    const answers = await Promise.all(
      [postern.apiUrl, postern.workerUrl].map((url) => fetch(new URL('/readyz', url))),
    );
    return answers.every(({ ok }) => ok);
  };
  const ready = () => until('API and worker to be ready', areReady, (isSo) => isSo, 120_000);

  it(`while nothing is asked of them, ${String(idleRounds)} times, both processes are ready again (F25)`, async () => {
    const before = pids();
    for (let round = 0; round < idleRounds; round += 1) {
      await ready();
      expect(await endAll()).toBeGreaterThan(0);
    }
    await ready();
    expect(pids()).toEqual(before);
  });

  /** A page of staff, a list of a customer, and a filing where there is a subscription for it; what was filed. */
  async function asked(subscriptionId: string | undefined): Promise<readonly string[]> {
    const asking: Promise<Seen>[] = [
      postern.call('reviewer', 'GET', '/v1/admin/exemption-requests'),
      postern.call('customer', 'GET', '/v1/subscriptions'),
    ];
    if (subscriptionId !== undefined) {
      const body = requestBody(subscriptionId, {});
      asking.push(postern.call('customer', 'POST', '/v1/exemption-requests', { body }));
    }
    const answers = await Promise.all(asking);
    for (const { status, headers } of answers) {
      expect([200, 201, 503]).toContain(status);
      if (status === 503) expect(headers.get('retry-after')).toMatch(/^\d+$/);
    }
    return answers.filter(({ status }) => status === 201).map(({ body }) => body.at('id').text);
  }

  // With the queue on PostgreSQL a worker of BullMQ may go on waiting on a session that was ended: see decision 0033.
  const itOnRedis = backend === 'redis' ? it : null;
  itOnRedis?.(
    `while they work, ${String(busyRounds)} times, callers are told when to come back, and what was answered is kept (F25, I1, I13)`,
    async () => {
      const subscriptions = await Promise.all(
        Array.from({ length: busyRounds / 5 }, () => aSubscription(postern)),
      );
      const exemptionId = await granted(
        postern,
        await aSubscription(postern, { machines: ['mx1', 'mx2'] }),
        managed,
      );
      const before = pids();
      const filed: string[] = [];
      let ended = 0;
      for (let round = 0; round < busyRounds; round += 1) {
        const subscription = round % 5 === 0 ? subscriptions[round / 5] : undefined;
        const [found, sessions] = await Promise.all([asked(subscription), endAll()]);
        filed.push(...found);
        ended += sessions;
      }
      expect(ended).toBeGreaterThan(busyRounds);
      await ready();
      expect(pids()).toEqual(before);
      await exemptionState(postern, exemptionId, 'effective', 180_000);
      for (const id of filed) await reviewed(postern, id);
      expect(pids()).toEqual(before);
    },
  );
});

describe('when every connection is ended again and again while a process starts', () => {
  let started: StartedProcess | null = null;
  afterEach(async () => {
    await started?.close();
    started = null;
  });

  /** Ends, so many times, whatever waits for a table that somebody holds; the process has to come back each time. */
  async function endThoseThatWaitFor(database: TestDatabase, table: string, rounds: number): Promise<void> {
    const [holder, owner] = [clientOf(database.ownerUrl, 'test'), clientOf(database.ownerUrl, 'test')];
    await Promise.all([holder.connect(), owner.connect()]);
    await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    const waits = `pid IN (SELECT pid FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass)`;
    for (let round = 0; round < rounds; round += 1)
      await until(
        `a session to wait for ${table}`,
        () => endSessions(owner, waits),
        (ended) => ended > 0,
        120_000,
      );
    await Promise.all([holder.end(), owner.end()]);
  }

  it.each<[name: ProcessName, table: string, rounds: number]>([
    ['api', 'pg_catalog.pg_policy', startRounds.api],
    ['worker', 'pg_catalog.pg_policy', startRounds.worker / 3],
    ['worker', 'bullmq.migration', (startRounds.worker * 2) / 3],
  ])('the %s, which waits for %s, tries again and is ready in the end (F25)', async (name, table, rounds) => {
    started = await startProcess(name, {}, (database) => endThoseThatWaitFor(database, table, rounds));
    expect(started.exit()).toBeNull();
    expect(started.output()).toContain('the start is tried again');
    const { url } = started;
    const status = async () => (await fetch(new URL('/readyz', url))).status;
    await until('it to be ready', status, (code) => code === 200, 120_000);
    expect(started.exit()).toBeNull();
  });
});
