import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../../launch/demo/desk.js';
import { isAlive } from '../../../launch/process-table.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres-database.js';

const script = path.resolve(import.meta.dirname, '..', '..', '..', 'dist', 'src', 'worker.js');
let database: TestDatabase;
let dataDir: string;
let worker: ChildProcess;
let url: string;

beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), 'postern-lanes-'));
});
afterEach(async () => {
  if (worker.exitCode === null && worker.signalCode === null) {
    worker.kill('SIGKILL');
    await once(worker, 'exit');
  }
  await database.drop();
  rmSync(dataDir, { recursive: true });
});

async function startWorker(env: Readonly<Record<string, string>> = {}): Promise<void> {
  worker = spawn(process.execPath, [script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      WORKER_PORT: '0',
      DATABASE_APP_URL: database.appUrl,
      POSTERN_DATA_DIR: dataDir,
      ARM_ENDPOINT: 'http://127.0.0.1:9',
      ARM_CREDENTIAL: 'static',
      ARM_TOKEN: 'nobody-listens',
      GATE_ADAPTER: 'emulator',
      LANE_STALLED_SECONDS: '2',
      ...env,
    },
  });
  [{ url }] = (await once(worker, 'message')) as [{ readonly url: string }];
  await isReady();
}

const readiness = async () => (await fetch(`${url}/readyz`)).status;
const isReady = () => until('it to be ready', readiness, (status) => status === 200, 120_000);
const metrics = async () => (await fetch(`${url}/metrics`)).text();

/** The processes that a process has started, as the kernel has them. */
function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}
const laneOf = (pid = worker.pid ?? 0) => childrenOf(pid)[0] ?? 0;
const gone = (pid: number) =>
  until(
    'the lane to be gone',
    () => Promise.resolve(isAlive(pid)),
    (isThere) => !isThere,
    60_000,
  );

/** A lane takes a second to start, and up to 25 to be given up when it is told to stop. */
jest.setTimeout(180_000);

describe('a worker and its screening lane', () => {
  it('are two processes, and both end when it is told to stop (F5)', async () => {
    await startWorker();
    const lane = laneOf();
    expect(readFileSync(`/proc/${String(lane)}/cmdline`, 'utf8')).toContain('--lane=screening');
    expect(await metrics()).toContain('postern_lane_up{lane="screening"} 1');
    const exited = once(worker, 'exit');
    worker.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(isAlive(lane)).toBe(false);
  });

  it('a lane whose event loop stands still is told, ended by force and started again (F18)', async () => {
    await startWorker();
    const lane = laneOf();
    process.kill(lane, 'SIGSTOP');
    await until('it not to be ready', readiness, (status) => status === 503, 60_000);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    await gone(lane);
    await isReady();
    expect(laneOf()).not.toBe(lane);
    expect(await metrics()).toContain('postern_lane_restarts{lane="screening"} 1');
  });

  it('a lane that dies is started again', async () => {
    await startWorker();
    const lane = laneOf();
    process.kill(lane, 'SIGKILL');
    await gone(lane);
    await until(
      'another lane',
      () => Promise.resolve(laneOf()),
      (pid) => pid !== 0 && pid !== lane,
      60_000,
    );
    await isReady();
  });

  it('a worker that is killed leaves no lane behind', async () => {
    await startWorker();
    const lane = laneOf();
    worker.kill('SIGKILL');
    await gone(lane);
  });

  it('a lane that stands still when its worker is told to stop goes with it (F5)', async () => {
    await startWorker({ LANE_STALLED_SECONDS: '3600' });
    const lane = laneOf();
    process.kill(lane, 'SIGSTOP');
    const exited = once(worker, 'exit');
    worker.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(isAlive(lane)).toBe(false);
  });

  it('may be workers of their own: each carries out its lane, and supervises nobody', async () => {
    await startWorker({ WORKER_LANES: 'screening' });
    expect(childrenOf(worker.pid ?? 0)).toEqual([]);
    expect(await metrics()).not.toContain('postern_lane_up{');
    expect(await metrics()).toContain('postern_queue_jobs{queue="fraud-checks"} 0');
    expect(await metrics()).not.toContain('queue="gate-moves"');
  });
});
