import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../../src/adapters/postgres/data-source.js';
import { queuePool } from '../../../src/adapters/postgres/connections.js';
import { LocalWake } from '../../../src/adapters/postgres/local-wake.js';
import { queryUnscoped } from '../../../src/adapters/postgres/database-roles.js';
import { PostgresEffectLedger } from '../../../src/adapters/postgres/postgres-effect-ledger.js';
import { PostgresUnitOfWork } from '../../../src/adapters/postgres/postgres-unit-of-work.js';
import { SystemClock } from '../../../src/adapters/system/system-clock.js';
import { systemActor } from '../../../src/domain/access/actor.js';
import type { Effect } from '../../../src/domain/effects.js';
import type { EffectLedger, EffectLease } from '../../../src/domain/ports/effect-store.js';
import { EffectProcessor } from '../../../src/jobs/effect.processor.js';
import { EffectRelay } from '../../../src/jobs/effect-relay.js';
import { queueBackend, type JobQueue } from '../../../src/jobs/queue-backend.js';
import { queueNames, type QueueName } from '../../../src/jobs/queues.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres-database.js';
import { testRedisUrl, type QueueBackendName } from '../../support/redis-server.js';
import { signReceipt } from '../../support/receipts.js';

const actor = systemActor('test');
export const clock = new SystemClock();

/** An effect that has no order among others. */
export const mail = () =>
  ({ type: 'send-notification', requestId: randomUUID(), sequence: 1 }) as const satisfies Effect;

export const machine = (): Effect => ({ type: 'restart-vm', restartId: randomUUID() });

export type Work = (effect: Effect, lease: EffectLease) => Promise<void>;

/** Where the jobs ring runs, and what became of its work. */
export interface QueueWorld {
  readonly database: TestDatabase;
  readonly dataSource: DataSource;
  readonly ledger: EffectLedger;
  readonly unitOfWork: PostgresUnitOfWork;
  readonly processor: EffectProcessor;
  readonly queues: Readonly<Record<QueueName, JobQueue>>;
  readonly relay: EffectRelay;
  /** What was carried out, in order; a test may say what carrying out means. */
  carried: Effect[];
  work: Work;
  /** The effects that were given up. */
  readonly dead: string[];
  /** What the relay says when the queue refuses. */
  readonly relayErrors: unknown[];
  settle(lease: EffectLease): Promise<void>;
  add(effects: readonly Effect[]): Promise<void>;
  /** How many effects there are in each state. */
  states(): Promise<Readonly<Record<string, number>>>;
  /** Empties the outbox; work is to be noted and to end again. */
  reset(): Promise<void>;
  /** Stops the ring as SIGTERM does; the database stays. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface QueueWorldOptions {
  readonly kind: QueueBackendName;
  /** The run's own unless given. */
  readonly redisUrl?: string;
  /** What is done to the database before anybody connects to it. */
  readonly prepare?: (database: TestDatabase) => Promise<void>;
  /** How many jobs of a queue at once. */
  readonly concurrency?: number;
}

/** Outbox, relay, queues and workers as one worker process has them, on a database and a queue prefix of its own. */
export async function createQueueWorld(options: QueueWorldOptions): Promise<QueueWorld> {
  const outbox = await openOutbox(options.prepare);
  const { database, dataSource, ledger, unitOfWork } = outbox;
  const url = options.kind === 'redis' ? (options.redisUrl ?? testRedisUrl() ?? '') : database.appUrl;
  const outcome: Outcome = { carried: [], work: () => Promise.resolve(), dead: [], relayErrors: [] };
  const ring = await startRing(
    { ...options, url, ledger },
    { ...outcome, carryOut: (effect, lease) => world.work(effect, lease) },
  );
  const settle: QueueWorld['settle'] = (lease) =>
    unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle({ kind: 'done' }));
  const world: QueueWorld = {
    ...outcome,
    ...outbox,
    ...ring,
    settle,
    add: (effects) => unitOfWork.run({ actor, traceId: null }, (tx) => tx.effects.add(effects)),
    states: () => countByState(dataSource),
    reset: async () => {
      world.carried = [];
      world.work = async (effect, lease) => {
        world.carried.push(effect);
        await settle(lease);
      };
      await queryUnscoped(dataSource, 'DELETE FROM effects');
    },
    close: async () => {
      await ring.stop();
      await dataSource.destroy();
      await database.drop();
    },
  };
  await world.reset();
  return world;
}

type Outcome = Pick<QueueWorld, 'carried' | 'work' | 'dead' | 'relayErrors'>;

async function openOutbox(
  prepare: QueueWorldOptions['prepare'],
): Promise<Pick<QueueWorld, 'database' | 'dataSource' | 'ledger' | 'unitOfWork'>> {
  const database = await createTestDatabase();
  await prepare?.(database);
  const dataSource = createDataSource({ url: database.appUrl, poolSize: 10, name: 'test' });
  await dataSource.initialize();
  const wake = new LocalWake();
  const settings = {
    clock,
    contactHash: (email: string) => email,
    mailsAreSent: false,
    signReceipt,
    relationshipsFreshForMs: 2_592_000_000,
  };
  return {
    database,
    dataSource,
    ledger: new PostgresEffectLedger(dataSource, wake),
    unitOfWork: new PostgresUnitOfWork(dataSource, settings, wake),
  };
}

async function countByState(dataSource: DataSource): Promise<Readonly<Record<string, number>>> {
  const rows = await dataSource.query<{ state: string; count: number }[]>(
    'SELECT state, count(*)::integer AS count FROM effects GROUP BY state',
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

interface RingOptions extends QueueWorldOptions {
  readonly url: string;
  readonly ledger: EffectLedger;
}

/** The jobs ring without its process: one of each. */
async function startRing(
  { kind, url, ledger, concurrency = 4 }: RingOptions,
  { dead, relayErrors, carryOut }: Outcome & { readonly carryOut: Work },
): Promise<Pick<QueueWorld, 'processor' | 'queues' | 'relay' | 'stop'>> {
  const prefix = `{test-${randomUUID()}}`;
  const backend = queueBackend(
    kind === 'redis' ? { kind, url, prefix } : { kind, openPool: (max) => queuePool(url, max), prefix },
  );
  const opened = queueNames.map(async (name) => [name, await backend.openQueue(name)] as const);
  const queues = Object.fromEntries(await Promise.all(opened)) as Record<QueueName, JobQueue>;
  const processor = new EffectProcessor({
    ledger,
    clock,
    leaseMs: 2_000,
    carryOut,
    mayWork: () => Promise.resolve(true),
    failures: { run: ({ id }) => Promise.resolve(void dead.push(id)) },
    onError: () => undefined,
  });
  const unheard = () => undefined;
  const opening = queueNames.map((name) =>
    backend.openWorker(name, concurrency, (data) => processor.run(data), unheard),
  );
  const workers = await Promise.all(opening);
  const onError = (error: unknown) => void relayErrors.push(error);
  const relay = new EffectRelay({ ledger, clock, queues, pollMs: 100, onError });
  relay.start();
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    await relay.stop();
    await Promise.all(workers.map((worker) => worker.close()));
    await Promise.all(Object.values(queues).map((queue) => queue.close()));
  };
  return { processor, queues, relay, stop: () => (stopping ??= stop()) };
}
