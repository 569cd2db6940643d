import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../../launch/demo/desk.js';
import { freePort } from '../../../launch/free-port.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres-database.js';
import { canStartRedis, startRedis, type LocalRedis } from '../../support/redis-server.js';

const script = path.resolve(import.meta.dirname, '..', '..', '..', 'dist', 'src', 'worker.js');
let database: TestDatabase;
let dataDir: string;
let child: ChildProcess;

beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), 'postern-worker-'));
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await database.drop();
  rmSync(dataDir, { recursive: true });
});

function startWorker(env: Readonly<Record<string, string>> = {}): void {
  child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      WORKER_PORT: '0',
      DATABASE_APP_URL: database.appUrl,
      POSTERN_DATA_DIR: dataDir,
      ARM_ENDPOINT: 'http://127.0.0.1:9',
      ARM_CREDENTIAL: 'static',
      ARM_TOKEN: 'nobody-listens',
      GATE_ADAPTER: 'emulator',
      ...env,
    },
  });
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}

async function ready(): Promise<string> {
  const [where] = (await once(child, 'message')) as [{ readonly name: string; readonly url: string }];
  expect(where.name).toBe('worker');
  return where.url;
}

const statusOf = async (url: string) => (await fetch(url)).status;

describe('the worker’s process', () => {
  it('says where it is, how it is, and how much work there is; on SIGTERM it drains and ends (F5)', async () => {
    startWorker();
    const output = textOf(child.stdout);
    const url = await ready();
    expect(await statusOf(`${url}/livez`)).toBe(200);
    await until(
      'it to be ready',
      () => statusOf(`${url}/readyz`),
      (status) => status === 200,
    );
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('postern_effects{state="pending"} 0');
    expect(metrics).toContain('postern_queue_jobs{queue="gate-moves"} 0');
    expect(metrics).toContain('postern_queue_up 1');
    expect(await statusOf(`${url}/v1/subscriptions`)).toBe(404);
    expect(output()).toContain(`${JSON.stringify({ name: 'worker', url })}\n`);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it('ends when the launcher that started it is gone', async () => {
    startWorker();
    await ready();
    const exited = once(child, 'exit');
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('ends when the launcher is gone before it has started', async () => {
    startWorker();
    const exited = once(child, 'exit');
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('refuses to run with the rights of the database’s owner', async () => {
    startWorker({ DATABASE_APP_URL: database.ownerUrl });
    const errors = textOf(child.stderr);
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(errors()).toMatch(/superuser|owner of the tables/);
    expect(errors()).not.toContain(database.ownerUrl);
  });

  it('tries again where its queue does not answer, and ends after a while, for its supervisor to go on', async () => {
    const nobody = `redis://:secret-of-the-queue@127.0.0.1:${String(await freePort())}`;
    startWorker({ QUEUE_BACKEND: 'redis', REDIS_URL: nobody });
    const [errors, output] = [textOf(child.stderr), textOf(child.stdout)];
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output().match(/the start is tried again/g)).toHaveLength(19);
    expect(errors()).toMatch(/^worker: .+/);
    expect(errors() + output()).not.toContain('secret-of-the-queue');
  });
});

// Where no Redis can be started the runner says so, loudly; in CI there is one.
for (const what of canStartRedis() ? ['the worker’s process on Redis'] : []) {
  describe(what, () => {
    let redis: LocalRedis;
    beforeEach(async () => {
      redis = await startRedis();
    });
    afterEach(() => redis.stop());

    it('says so while Redis is away, works again when it is back, and ends without it (F8, F5)', async () => {
      startWorker({ QUEUE_BACKEND: 'redis', REDIS_URL: redis.url });
      const url = await ready();
      const readiness = () => statusOf(`${url}/readyz`);
      await until('it to be ready', readiness, (status) => status === 200);
      await redis.crash();
      await until('it to say so', readiness, (status) => status === 503);
      expect(await statusOf(`${url}/livez`)).toBe(200);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain('postern_queue_up 0');
      expect(metrics).toContain('postern_effects{state="pending"} 0');
      redis = await startRedis({ port: redis.port });
      await until('it to be ready again', readiness, (status) => status === 200);
      await redis.crash();
      const begun = performance.now();
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
      expect(performance.now() - begun).toBeLessThan(15_000);
    });

    it('warns of a Redis that keeps no append-only file, and in production refuses it', async () => {
      startWorker({ QUEUE_BACKEND: 'redis', REDIS_URL: redis.url });
      const output = textOf(child.stdout);
      await ready();
      await until(
        'the warning',
        () => Promise.resolve(output()),
        (text) => text.includes('appendonly'),
      );
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      startWorker({
        QUEUE_BACKEND: 'redis',
        REDIS_URL: redis.url,
        NODE_ENV: 'production',
        POSTERN_SECRET: Buffer.alloc(32, 7).toString('base64'),
        AUDIT_SIGNING_KEY: Buffer.from(`302e020100300506032b657004220420${'07'.repeat(32)}`, 'hex').toString(
          'base64',
        ),
        AUDIT_ORIGIN: 'postern.example/audit',
        PLATFORM_TENANT_ID: '00000000-0000-4000-8000-000000000001',
        TOKEN_AUDIENCE: 'api://postern',
        ARM_ENDPOINT: 'https://127.0.0.1:9',
        GATE_ADAPTER: 'signed-http',
        GATE_URL: 'https://127.0.0.1:9',
        GATE_SECRET: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
      });
      const errors = textOf(child.stderr);
      expect(await once(child, 'exit')).toEqual([1, null]);
      expect(errors()).toContain('appendonly');
    });
  });
}
