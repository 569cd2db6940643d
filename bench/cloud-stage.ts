import { readFileSync } from 'node:fs';
import { startEmulator, type RunningEmulator } from '../emulator/emulator.js';
import { callsTo } from '../launch/demo/desk.js';
import { cloudSide } from '../launch/demo/cloud-side.js';
import { exemptionDesk, type ExemptionDesk } from '../launch/demo/exemption-desk.js';
import { developmentToken } from '../launch/development-token.js';
import { findRedisServer, startRedis } from '../launch/local-redis.js';
import { senderDns } from '../launch/seed.js';
import type { BenchStage, LaunchedProcess } from './stage.js';

/** Calls that the emulated cloud was asked, by what they were for. */
export interface CallCounts {
  orders: number;
  polls: number;
  looks: number;
  pages: number;
  subscriptions: number;
  throttled: number;
}

/** API, worker and emulated cloud, the last two on one simulated clock. */
export interface CloudStage {
  readonly desk: ExemptionDesk;
  readonly emulator: RunningEmulator;
  readonly api: LaunchedProcess;
  readonly calls: CallCounts;
  /** Which queue carries the work: Redis where there is one, as in a deployment of this size. */
  readonly queue: 'Redis' | 'PostgreSQL';
  readonly nowMs: () => number;
  /** Sets the simulated clock of cloud and worker; it never goes back. */
  passTo(milliseconds: number): void;
  /** The worker of this stage, and after `replaceWorker` an ordinary one on the machine's own clock. */
  readonly worker: LaunchedProcess;
  replaceWorker(): Promise<LaunchedProcess>;
  stop(): Promise<void>;
}

export async function openCloudStage(stage: BenchStage): Promise<CloudStage> {
  const emulator = await startEmulator();
  emulator.world.pageSize = 5_000; // the largest page of the real cloud is its own choice: here a listing is one page
  await senderDns(cloudSide(callsTo(emulator.url)));
  const given = process.env['REDIS_URL'] ?? '';
  const redis = given === '' && findRedisServer() !== undefined ? await startRedis() : null;
  const redisUrl = redis?.url ?? given;
  const env = { ...environmentOf(stage, emulator), REDIS_URL: redisUrl };
  const api = await stage.launch('src/main.js', env);
  // The lanes as two workers: each is told the simulated time.
  const simulated = (lane: string) =>
    stage.launch('bench/simulated-worker.js', { ...env, WORKER_LANES: lane });
  const [worker, screening] = [await simulated('enforcement'), await simulated('screening')];
  let atMs = Date.now();
  return {
    desk: exemptionDesk(callsTo(api.url), await tokensIn(stage.dataDir), null),
    emulator,
    api,
    worker,
    calls: countCalls(emulator),
    queue: redisUrl === '' ? 'PostgreSQL' : 'Redis',
    nowMs: () => atMs,
    passTo: (milliseconds) => {
      atMs = Math.max(atMs, milliseconds);
      const now = new Date(atMs).toISOString();
      emulator.world.clock.set(now);
      for (const { child } of [worker, screening]) child.send({ now });
    },
    replaceWorker: async () => {
      await Promise.all([worker.end(), screening.end()]);
      emulator.world.clock.real();
      return stage.launch('src/worker.js', env);
    },
    stop: async () => {
      await emulator.stop();
      await redis?.stop();
    },
  };
}

function environmentOf({ appUrl, dataDir }: BenchStage, emulator: RunningEmulator) {
  return {
    NODE_ENV: 'development',
    DATABASE_URL: '',
    DATABASE_APP_URL: appUrl,
    PORT: '0',
    WORKER_PORT: '0',
    LOG_LEVEL: 'silent',
    POSTERN_DATA_DIR: dataDir,
    FILINGS_A_DAY_TENANT: '0', // one tenant files everything
    ARM_ENDPOINT: emulator.url,
    ARM_CREDENTIAL: 'static',
    ARM_TOKEN: 'any',
    GATE_ADAPTER: 'emulator',
    DNS_RESOLVER: emulator.dns,
    RELAY_POLL_MS: '50',
    OPERATOR_MAX_UNAVAILABLE: '100%',
    // The workers' clock is simulated, and runs ahead of the database's by years: nothing is wrong with that here.
    CLOCK_TOLERANCE_SECONDS: '300000000',
  };
}

async function tokensIn(dataDir: string) {
  const token = (who: Parameters<typeof developmentToken>[0]) =>
    developmentToken(who, { dataDir, expiresIn: 86_400 });
  return {
    customer: await token('customer'),
    partner: await token('partner'),
    reviewer: await token('reviewer'),
    approver: await token('approver'),
    analyst: await token('analyst'),
    operator: await token('operator'),
    ingest: await token('ingest'),
  };
}

/** Counts instead of keeping: half a million calls are more than the emulator's log holds. */
function countCalls({ world }: RunningEmulator): CallCounts {
  const counts = { orders: 0, polls: 0, looks: 0, pages: 0, subscriptions: 0, throttled: 0 };
  world.calls.add = ({ method, path, status }) => {
    if (status === 429) counts.throttled += 1;
    if (method === 'POST') counts.orders += 1;
    else if (path.includes('/operations/')) counts.polls += 1;
    else if (/\/virtualMachines\/./i.test(path)) counts.looks += 1;
    else if (/\/virtualMachines$/i.test(path)) counts.pages += 1;
    else counts.subscriptions += 1;
  };
  return counts;
}

/** The most memory that a process has had resident, in MiB; null where the system does not say. */
export function mostResidentMiB({ child }: LaunchedProcess): number | null {
  try {
    const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
  } catch {
    return null; // no such file system here
  }
}
