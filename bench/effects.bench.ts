import { createPostgresBackend, withBackend } from 'bullmq';
import pg from 'pg';
import type { Extent } from './extent.js';
import { median, rate } from './measure.js';
import type { BenchStage } from './stage.js';

export interface EffectRates {
  readonly ours: number;
  readonly rawQueue: number;
  readonly bareLoop: number;
  /** Over the slower of the two. */
  readonly ratio: number;
}

async function addEffects(stage: BenchStage, count: number): Promise<void> {
  await stage.sql.query(
    `INSERT INTO effects (type, payload, priority, due_at, created_at)
     SELECT 'send-notification', jsonb_build_object('requestId', gen_random_uuid(), 'sequence', n), 5, now(), now() FROM generate_series(1, $1) n`,
    [count],
  );
}

const open = async (stage: BenchStage): Promise<number> => {
  const { rows } = await stage.sql.query<{ open: number }>(
    `SELECT count(*)::integer AS open FROM effects WHERE type = 'send-notification' AND state <> 'done'`,
  );
  return rows[0]?.open ?? 0;
};

/** From the outbox through relay, queue, lease and verb to a committed result. */
async function throughTheWorker(stage: BenchStage, count: number): Promise<number> {
  await addEffects(stage, count);
  const begun = performance.now();
  while ((await open(stage)) > 0) {
    if (performance.now() - begun > 120_000)
      throw new Error('the worker did not carry its effects out within 2 minutes');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return count / ((performance.now() - begun) / 1_000);
}

/** BullMQ alone on the same backend: jobs that do nothing. */
async function rawQueue(stage: BenchStage, count: number, round: number): Promise<number> {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const connection = { connectionString: stage.appUrl, schema: 'bullmq', max: 4, skipMigrations: true };
  const name = `bench-${String(round)}`;
  const queue = new Queue(name, { connection });
  await queue.waitUntilReady();
  let done = 0;
  const begun = performance.now();
  await queue.addBulk(
    Array.from({ length: count }, (_, index) => ({
      name: 'nothing',
      data: { index },
      opts: { removeOnComplete: true },
    })),
  );
  const finished = new Promise<void>((resolve) => {
    const worker = new Worker(name, () => Promise.resolve(), { connection, concurrency: 8 });
    worker.on('completed', () => {
      done += 1;
      if (done === count) void worker.close().then(resolve);
    });
  });
  await finished;
  const perSecond = count / ((performance.now() - begun) / 1_000);
  await queue.close();
  return perSecond;
}

/** A loop that commits the same rows in the same frame, without queue and lease. */
async function bareLoop(stage: BenchStage, count: number): Promise<number> {
  await addEffects(stage, count);
  const pool = new pg.Pool({ connectionString: stage.appUrl, max: 8 });
  const { rows } = await stage.sql.query<{ id: string }>(
    `SELECT id FROM effects WHERE type = 'send-notification' AND state <> 'done'`,
  );
  const perSecond = await rate(rows.length, 8, async (index) => {
    const client = await pool.connect();
    await client.query(
      `BEGIN; SELECT set_config('app.tenant', '', true), set_config('app.role', 'system', true)`,
    );
    await client.query(
      `UPDATE effects SET state = 'done', ended_at = now(), epoch = epoch + 1 WHERE id = $1`,
      [rows[index]?.id],
    );
    await client.query('COMMIT');
    client.release();
  });
  await pool.end();
  return perSecond;
}

/** B3, on the PostgreSQL backend. The worker is stopped while the bare loop runs: both take the same rows. */
export async function benchEffects(
  stage: BenchStage,
  { effects: count, effectRounds: rounds }: Extent,
): Promise<EffectRates> {
  const loops: number[] = [];
  const queues: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round += 1) loops.push(await bareLoop(stage, count));
  const env = {
    NODE_ENV: 'development',
    DATABASE_URL: '',
    DATABASE_APP_URL: stage.appUrl,
    REDIS_URL: '',
    QUEUE_BACKEND: 'postgres',
    LOG_LEVEL: 'silent',
    POSTERN_DATA_DIR: stage.dataDir,
    RELAY_POLL_MS: '100',
    ARM_CREDENTIAL: 'static',
    ARM_TOKEN: 'x',
    GATE_ADAPTER: 'emulator',
    ARM_ENDPOINT: 'http://127.0.0.1:9',
  };
  await stage.sql.query(`UPDATE effects SET state = 'done' WHERE state <> 'done'`);
  await stage.start('src/worker.js', env);
  await throughTheWorker(stage, count);
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await throughTheWorker(stage, count));
    queues.push(await rawQueue(stage, count, round));
  }
  const slower = Math.min(median(queues), median(loops));
  return {
    ours: median(ours),
    rawQueue: median(queues),
    bareLoop: median(loops),
    ratio: median(ours) / slower,
  };
}
