import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../../src/adapters/postgres/data-source.js';
import { LocalWake } from '../../../src/adapters/postgres/local-wake.js';
import { PostgresEffectLedger } from '../../../src/adapters/postgres/postgres-effect-ledger.js';
import { PostgresUnitOfWork } from '../../../src/adapters/postgres/postgres-unit-of-work.js';
import { SystemClock } from '../../../src/adapters/system/system-clock.js';
import { systemActor } from '../../../src/domain/access/actor.js';
import type { Effect } from '../../../src/domain/effects.js';
import { LeaseLost, type EffectLease } from '../../../src/domain/ports/effect-store.js';
import { EffectProcessor } from '../../../src/jobs/effect.processor.js';
import { EffectRelay } from '../../../src/jobs/effect-relay.js';
import { queueBackend, type JobQueue, type JobWorker } from '../../../src/jobs/queue-backend.js';
import { queueNames, type JobData, type QueueName } from '../../../src/jobs/queues.js';
import { until } from '../../../launch/demo/desk.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres-database.js';
import { queueBackends, testRedisUrl } from '../../support/redis-server.js';

const actor = systemActor('test');
const clock = new SystemClock();
const mail = (): Effect => ({ type: 'send-notification', requestId: randomUUID(), sequence: 1 });

describe.each(queueBackends())('effects through the queue on %s', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let ledger: PostgresEffectLedger;
  let unitOfWork: PostgresUnitOfWork;
  let queues: Record<QueueName, JobQueue>;
  let relay: EffectRelay;
  let workers: JobWorker[] = [];
  let processor: EffectProcessor;
  let carried: Effect[] = [];
  let work: (effect: Effect, lease: EffectLease) => Promise<void>;
  const dead: string[] = [];

  const settle = (lease: EffectLease) =>
    unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle({ kind: 'done' }));
  const add = (effects: readonly Effect[]) =>
    unitOfWork.run({ actor, traceId: null }, (tx) => tx.effects.add(effects));
  const states = async (): Promise<Record<string, number>> => {
    const rows = await dataSource.query<{ state: string; count: number }[]>(
      'SELECT state, count(*)::integer AS count FROM effects GROUP BY state',
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = createDataSource({ url: database.appUrl, poolSize: 10, name: 'test' });
    await dataSource.initialize();
    const wake = new LocalWake();
    ledger = new PostgresEffectLedger(dataSource, wake);
    unitOfWork = new PostgresUnitOfWork(
      dataSource,
      { clock, contactHash: (email) => email, mailsAreSent: false },
      wake,
    );
    const url = kind === 'redis' ? (testRedisUrl() ?? '') : database.appUrl;
    const backend = queueBackend({ kind, url, prefix: `{test-${randomUUID()}}` });
    queues = Object.fromEntries(
      await Promise.all(queueNames.map(async (name) => [name, await backend.openQueue(name)] as const)),
    ) as Record<QueueName, JobQueue>;
    processor = new EffectProcessor({
      ledger,
      clock,
      leaseMs: 2_000,
      carryOut: (effect, lease) => work(effect, lease),
      failures: { run: ({ id }) => Promise.resolve(void dead.push(id)) },
      onError: () => undefined,
    });
    const run = (data: JobData) => processor.run(data);
    workers = await Promise.all(queueNames.map((name) => backend.openWorker(name, 4, run, () => undefined)));
    relay = new EffectRelay({ ledger, clock, queues, pollMs: 100, onError: () => undefined });
    await relay.start();
  });
  beforeEach(async () => {
    carried = [];
    work = async (effect, lease) => {
      carried.push(effect);
      await settle(lease);
    };
    await dataSource.query(`DELETE FROM effects`);
  });
  afterAll(async () => {
    await relay.stop();
    await Promise.all(workers.map((worker) => worker.close()));
    await Promise.all(Object.values(queues).map((queue) => queue.close()));
    await dataSource.destroy();
    await database.drop();
  });

  it('carries out what was committed, once each, and nothing of what was rolled back (I10)', async () => {
    const effects = Array.from({ length: 50 }, mail);
    await add(effects);
    const rolledBack = unitOfWork.run({ actor, traceId: null }, async (tx) => {
      await tx.effects.add([mail()]);
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    await until('all to be done', states, (all) => all.done === 50);
    expect(carried).toHaveLength(50);
    expect(await states()).toEqual({ done: 50 });
  });

  it('is silent about a job that comes twice, or under an epoch that has passed (I10)', async () => {
    await add([mail()]);
    await until('it to be done', states, (all) => all.done === 1);
    const [row] = await dataSource.query<{ id: string; epoch: number }[]>('SELECT id, epoch FROM effects');
    await processor.run({ effectId: row?.id ?? '', epoch: row?.epoch ?? 0 });
    await processor.run({ effectId: row?.id ?? '', epoch: 1 });
    expect(carried).toHaveLength(1);
  });

  it('keeps the order of effects that share a key, whatever the workers do at once (I10)', async () => {
    const requestId = randomUUID();
    const effects = Array.from({ length: 12 }, (_, index): Effect => ({
      type: 'send-notification',
      requestId,
      sequence: index + 1,
    }));
    for (const effect of effects) await add([effect]);
    await until('all to be done', states, (all) => all.done === 12);
    expect(carried).toEqual(effects);
  });

  it('sets a job aside that loses its worker three times, and its neighbours are unharmed (F14)', async () => {
    const poison = mail();
    const poisonId = poison.type === 'send-notification' ? poison.requestId : '';
    // A worker that dies neither settles nor fails: it is never heard of again.
    work = async (effect, lease) => {
      if (effect.type === 'send-notification' && effect.requestId === poisonId) return;
      carried.push(effect);
      await settle(lease);
    };
    await add([poison, mail(), mail()]);
    const swept = async () => {
      await dataSource.query(
        `UPDATE effects SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_token IS NOT NULL`,
      );
      await ledger.sweepLost(clock.now(), 60_000, 3);
      return states();
    };
    await until('the poison to be set aside', swept, (all) => all.dead === 1);
    await until('its neighbours to be done', states, (all) => all.done === 2);
    expect(carried).toHaveLength(2);
  });

  it('tries a failing effect again, and records by class and not by word what failed', async () => {
    let failures = 0;
    work = async (effect, lease) => {
      failures += 1;
      if (failures === 1) throw new Error('connect to https://secret.example/?sig=abc');
      carried.push(effect);
      await settle(lease);
    };
    await add([mail()]);
    const read = () =>
      dataSource.query<{ last_error: string | null; state: string }[]>(
        'SELECT last_error, state FROM effects',
      );
    const [row] = await until(
      'the failure to be recorded',
      read,
      ([first]) => (first?.last_error ?? null) !== null,
    );
    expect(row?.last_error).toBe('Error');
    await until('it to be done', states, (all) => all.done === 1);
  });

  it('refuses every write of a worker whose lease was taken over (F4, I8)', async () => {
    await add([{ type: 'run-fraud-check', requestId: randomUUID(), round: 1, check: 'held' }]);
    const held: EffectLease[] = [];
    work = (_effect, lease) => {
      held.push(lease);
      return Promise.resolve();
    };
    await until(
      'the effect to be taken',
      () => Promise.resolve(held.length),
      (count) => count === 1,
    );
    await dataSource.query(`UPDATE effects SET lease_token = gen_random_uuid()`);
    const late = unitOfWork.run({ actor, traceId: null, lease: held[0] }, async (tx) => {
      await tx.tenants.save({ tenantId: randomUUID(), kind: 'customer', name: 'written by a zombie' });
      await tx.effects.settle({ kind: 'done' });
    });
    await expect(late).rejects.toThrow(LeaseLost);
    const client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    const { rows } = await client.query(`SELECT FROM tenants WHERE name = 'written by a zombie'`);
    await client.end();
    expect(rows).toEqual([]);
  });

  it('comes back for what was asked again while it was carried out', async () => {
    const exemptionId = randomUUID();
    const effect: Effect = { type: 'conduct-restarts', exemptionId };
    work = async (each, lease) => {
      carried.push(each);
      if (carried.length === 1) await add([effect]);
      await settle(lease);
    };
    await add([effect]);
    await until('it to be done twice', states, (all) => all.done === 1 && carried.length === 2);
    expect(await states()).toEqual({ done: 1 });
  });
});
