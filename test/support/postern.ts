import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cloudSide, type CloudSide } from '../../launch/demo/cloud-side.js';
import { callsTo, Json, until, type HttpCall } from '../../launch/demo/desk.js';
import { developmentToken, type Persona, type TokenOptions } from '../../launch/development-token.js';
import { brokenInvariants } from './broken-invariants.js';
import { documentedAnswer } from './openapi-contract.js';
import { createTestDatabase, type TestDatabase } from './postgres-database.js';
import { truthMustAgree } from './truth.js';

/** A whole Postern of a test file's own: API, worker and emulated cloud as real processes, as `npm start` runs them. */
export interface Postern {
  readonly database: TestDatabase;
  readonly dataDir: string;
  readonly apiUrl: string;
  readonly cloud: CloudSide;
  readonly workerUrl: string;
  readonly control: HttpCall;
  /** What the processes have written so far; empty unless it was asked for. */
  output(): string;
  pid(name: 'api' | 'worker' | 'emulator'): number;
  /** Calls the API as somebody. Every answer is held against openapi.json. */
  call(as: Persona | null, method: string, path: string, options?: CallExtras): Promise<Seen>;
  /** Throws unless, within a minute, the cloud's truth and Postern's word agree for every machine. */
  truthAgrees(): Promise<void>;
  /** Throws where at the end the truth and Postern's word disagree, or an invariant is broken. */
  stop(): Promise<void>;
}

export interface CallExtras {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: Partial<TokenOptions>;
  readonly raw?: { readonly contentType: string; readonly text: string };
}

export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface PosternOptions {
  readonly redisUrl?: string | null;
  /** Keeps what the processes write, and passes none of it on. */
  readonly keepsOutput?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Why the cloud's truth is not held against Postern's word at the end; where nothing is said it is. */
  readonly truthNotHeldBecause?: string;
}

const root = path.resolve(__dirname, '../..');

/** Starts it on a database cloned from the run's template, and waits until it is ready. */
export async function startPostern(options: PosternOptions = {}): Promise<Postern> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'postern-e2e-'));
  const child = launch(database, dataDir, options);
  const written = keptOutput(child);
  const processes = () =>
    JSON.parse(readFileSync(path.join(dataDir, 'processes.json'), 'utf8')) as Record<
      string,
      { pid: number; url: string }
    >;
  await ready(child, processes).catch((error: unknown) => {
    child.kill('SIGTERM');
    throw error;
  });
  const urlOf = (name: string) => processes()[name]?.url ?? '';
  const control = callsTo(urlOf('emulator'));
  const truthAgrees = () =>
    truthMustAgree((route) => callApi(urlOf('api'), dataDir, 'auditor', 'GET', route), control, {
      clockMarginMs: Number(options.env?.CLOCK_MARGIN_SECONDS ?? 0.25) * 1_000,
    });
  return {
    database,
    dataDir,
    apiUrl: urlOf('api'),
    workerUrl: urlOf('worker'),
    control,
    cloud: cloudSide(control),
    output: () => written.join(''),
    pid: (name) => processes()[name]?.pid ?? 0,
    call: (as, method, route, extras) => callApi(urlOf('api'), dataDir, as, method, route, extras),
    truthAgrees,
    stop: async () => {
      const isHeld = options.truthNotHeldBecause === undefined;
      const lie = isHeld ? await truthAgrees().then(() => null, messageOf) : null;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      const broken = await brokenInvariants(database.ownerUrl, dataDir, options.env);
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
      if (broken.length > 0) throw new Error(`invariants are broken:\n${broken.join('\n')}`);
      if (lie !== null) throw new Error(lie);
    },
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function launch(
  database: TestDatabase,
  dataDir: string,
  { redisUrl = null, keepsOutput = false, env = {} }: PosternOptions,
): ChildProcess {
  const child = spawn(process.execPath, [path.join(root, 'dist/launch/start.js')], {
    cwd: dataDir,
    stdio: ['ignore', 'pipe', keepsOutput ? 'pipe' : 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'development',
      DATABASE_URL: database.ownerUrl,
      POSTERN_DATA_DIR: dataDir,
      PORT: '0',
      EMULATOR_PORT: '0',
      LOG_LEVEL: 'silent',
      POSTERN_SEED: 'none',
      WATCH_SECONDS: '2',
      LEASE_SECONDS: '3',
      LOST_AFTER_SECONDS: '3',
      SWEEP_SECONDS: '1',
      ORDER_SEEN_SECONDS: '1',
      SHORTEST_WINDOW_SECONDS: '0.2',
      GONE_CONFIRM_SECONDS: '1',
      ACTIVITY_LOG_LATE_SECONDS: '3',
      FILINGS_A_DAY_SUBSCRIPTION: '0',
      FILINGS_A_DAY_TENANT: '0',
      QUEUE_PREFIX: `{${path.basename(dataDir)}}`,
      ...(redisUrl === null
        ? { QUEUE_BACKEND: 'postgres', REDIS_URL: '' }
        : { QUEUE_BACKEND: 'redis', REDIS_URL: redisUrl }),
      ...env,
    },
  });
  return child;
}

/** Both streams where the second is piped, too; else the first is only drained. */
function keptOutput({ stdout, stderr }: ChildProcess): readonly string[] {
  const written: string[] = [];
  if (stderr === null) stdout?.resume();
  else for (const stream of [stdout, stderr]) stream?.on('data', (chunk) => written.push(String(chunk)));
  return written;
}

async function ready(child: ChildProcess, processes: () => Record<string, { url: string }>): Promise<void> {
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${String(child.exitCode)}`);
    try {
      const all = processes();
      const urls = [all.api?.url, all.worker?.url];
      if (urls.some((url) => url === undefined)) return false;
      const answers = await Promise.all(urls.map((url) => fetch(`${url ?? ''}/readyz`)));
      return answers.every(({ ok }) => ok);
    } catch {
      return false; // not there yet
    }
  };
  await until('npm start to be ready', isReady, (isSo) => isSo, 60_000);
}

async function callApi(
  baseUrl: string,
  dataDir: string,
  as: Persona | null,
  method: string,
  route: string,
  extras: CallExtras = {},
): Promise<Seen> {
  const token = as === null ? null : await developmentToken(as, { dataDir, ...extras.token });
  const { raw, body } = extras;
  const content =
    raw === undefined
      ? body === undefined
        ? null
        : { type: 'application/json', text: JSON.stringify(body) }
      : { type: raw.contentType, text: raw.text };
  const response = await fetch(new URL(route, baseUrl), {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(content === null ? {} : { 'content-type': content.type }),
      ...extras.headers,
    },
    ...(content === null ? {} : { body: content.text }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  const parsed: unknown =
    response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text;
  documentedAnswer(method, route, { status: response.status, headers: response.headers, body: parsed });
  return { status: response.status, headers: response.headers, body: new Json(parsed) };
}
