import { createPostgresBackend, Queue, Worker, withBackend, type PgPool, type Processor } from 'bullmq';
import { Redis } from 'ioredis';
import type { JobData, QueueName } from './queues.js';

/** Where BullMQ keeps its jobs. Both carry the same queues; the outbox, not the queue, owns the work. */
export type QueueBackendOptions =
  | {
      readonly kind: 'postgres';
      /** Makes a pool of so many sessions, each listened to from its birth: the queue's own are not (F25). */
      readonly openPool: (max: number) => PgPool;
      readonly prefix: string;
    }
  | { readonly kind: 'redis'; readonly url: string; readonly prefix: string };

export interface JobQueue {
  addBulk(
    jobs: readonly { name: string; data: JobData; opts: { jobId: string; priority?: number } }[],
  ): Promise<unknown>;
  count(): Promise<number>;
  close(): Promise<void>;
}
export interface JobWorker {
  /** Takes no more jobs until it is told to; what it is at goes on. */
  halt(): void;
  resume(): void;
  close(force?: boolean): Promise<void>;
}

/** Makes queues and workers of one backend; each instance is its own, so that one process can hold both in tests. */
export interface QueueBackend {
  /** Throws when the backend does not answer at the start: a queue that is built while it is down stays dead. */
  openQueue(name: QueueName): Promise<JobQueue>;
  openWorker(
    name: QueueName,
    concurrency: number,
    carryOut: (data: JobData) => Promise<void>,
    onError: (error: Error) => void,
  ): Promise<JobWorker>;
  /** What about the backend's configuration would lose jobs; empty when nothing does. */
  warnings(): Promise<readonly string[]>;
}

/** Finished jobs are of no use: the outbox remembers. Some failed ones stay for whoever looks. */
const jobOptions = { attempts: 1, removeOnComplete: true, removeOnFail: { count: 100 } } as const;

/** A worker that could not ask for a job, because its connection was ended, asks again after that; BullMQ's own is 15 s (F25). */
const runRetryDelay = 1_000;

export function queueBackend(options: QueueBackendOptions): QueueBackend {
  return options.kind === 'postgres'
    ? onPostgres(options.openPool, options.prefix)
    : onRedis(options.url, options.prefix);
}

/** On PostgreSQL the prefix is part of the name: the schema holds all queues of a deployment. */
function onPostgres(openPool: (max: number) => PgPool, prefix: string): QueueBackend {
  const backend = withBackend(createPostgresBackend);
  const named = (name: QueueName) => `${prefix.replace(/[{}]/g, '')}-${name}`;
  return {
    openQueue: async (name) => {
      const connection = openPool(2);
      const queue = new backend.Queue<JobData>(named(name), { connection, defaultJobOptions: jobOptions });
      queue.on('error', () => undefined); // told by the call that failed; unheard it would end the process
      const close = () => queue.close().finally(() => connection.end());
      await readyOrClosed(queue, close);
      return Object.assign(Object.create(queue) as JobQueue, { close });
    },
    openWorker: async (name, concurrency, carryOut, onError) => {
      const process: Processor<JobData> = (job) => carryOut(job.data);
      const connection = openPool(5); // one of them listens for jobs
      const worker = new backend.Worker<JobData>(named(name), process, {
        connection,
        concurrency,
        runRetryDelay,
      });
      worker.on('error', onError);
      const close: JobWorker['close'] = (force) => worker.close(force).finally(() => connection.end());
      await readyOrClosed(worker, close);
      return { ...haltable(worker, onError), close };
    },
    warnings: () => Promise.resolve([]),
  };
}

function onRedis(url: string, prefix: string): QueueBackend {
  return {
    openQueue: async (name) => {
      // A producer that cannot reach Redis says so at once: the effect stays in the outbox.
      const connection = new Redis(url, {
        maxRetriesPerRequest: 1,
        enableOfflineQueue: false,
        commandTimeout: 5_000,
        lazyConnect: true,
      });
      connection.on('error', () => undefined);
      await connection.connect().catch((error: unknown) => {
        connection.disconnect();
        throw error;
      });
      const queue = new Queue<JobData>(name, {
        connection,
        prefix,
        defaultJobOptions: jobOptions,
        skipWaitingForReady: true,
      });
      queue.on('error', () => undefined);
      // The queue does not own the connection that it was given: it goes when the queue does.
      const close = () => closeQueue(queue, connection);
      return Object.assign(Object.create(queue) as JobQueue, { close });
    },
    openWorker: async (name, concurrency, carryOut, onError) => {
      const connection = new Redis(url, { maxRetriesPerRequest: null });
      connection.on('error', onError);
      const process: Processor<JobData> = (job) => carryOut(job.data);
      const worker = new Worker<JobData>(name, process, { connection, prefix, concurrency, runRetryDelay });
      worker.on('error', onError);
      const close: JobWorker['close'] = (force) => worker.close(force).finally(() => connection.disconnect());
      await readyOrClosed(worker, close);
      return { ...haltable(worker, onError), close };
    },
    warnings: () => redisWarnings(url),
  };
}

function haltable(
  worker: Pick<Worker, 'pause' | 'resume'>,
  onError: (error: Error) => void,
): Pick<JobWorker, 'halt' | 'resume'> {
  return {
    halt: () => void worker.pause(true).catch(onError),
    resume: () => void worker.resume(),
  };
}

/** What does not become ready stays dead: it is closed, and nobody waits for that. */
async function readyOrClosed(
  one: { waitUntilReady(): Promise<unknown> },
  close: (force: boolean) => Promise<void>,
): Promise<void> {
  try {
    await one.waitUntilReady();
  } catch (error) {
    close(true).catch(() => undefined);
    throw error;
  }
}

async function closeQueue(queue: Queue<JobData>, connection: Redis): Promise<void> {
  await queue.close();
  connection.disconnect();
}

/** Redis must not evict, and should keep what it holds over a restart; what is lost all the same, the sweep asks again. */
async function redisWarnings(url: string): Promise<readonly string[]> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, lazyConnect: true });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const memory = await redis.info('memory');
    const persistence = await redis.info('persistence');
    const warnings: string[] = [];
    if (!/maxmemory_policy:noeviction/.test(memory))
      warnings.push('Redis evicts: set maxmemory-policy to noeviction');
    if (!/aof_enabled:1/.test(persistence))
      warnings.push('Redis keeps no append-only file: set appendonly to yes');
    return warnings;
  } finally {
    redis.disconnect();
  }
}
