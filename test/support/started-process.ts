import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from './postgres-database.js';

const root = path.resolve(import.meta.dirname, '..', '..');
const scripts = { api: 'src/main.js', worker: 'src/worker.js', emulator: 'emulator/main.js' } as const;

export type ProcessName = keyof typeof scripts;

/** One of the product's processes, as a deployment runs it, with a cloud where nobody listens. */
export interface StartedProcess {
  readonly url: string;
  readonly dataDir: string;
  readonly database: TestDatabase;
  readonly child: ChildProcess;
  /** What it has written so far. */
  output(): string;
  /** Code and signal of its end; null while it runs. */
  exit(): readonly [code: number | null, signal: NodeJS.Signals | null] | null;
  /** Resolves with how it ended, once all that it wrote was read. */
  readonly closed: Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Starts it on a database of its own, and resolves when it says where it is; rejects when it ends before. `inStart` is what
 * somebody does to the database from before the start on; it has to be done before this resolves.
 */
export async function startProcess(
  name: ProcessName,
  env: Readonly<Record<string, string>> = {},
  inStart: (database: TestDatabase) => Promise<void> = () => Promise.resolve(),
): Promise<StartedProcess> {
  const database = await createTestDatabase();
  const done = inStart(database);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'postern-process-'));
  const child = spawn(process.execPath, [path.join(root, 'dist', scripts[name])], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      PORT: '0',
      WORKER_PORT: '0',
      EMULATOR_PORT: '0',
      DATABASE_APP_URL: database.appUrl,
      POSTERN_DATA_DIR: dataDir,
      ARM_ENDPOINT: 'http://127.0.0.1:9',
      ARM_CREDENTIAL: 'static',
      ARM_TOKEN: 'nobody-listens',
      GATE_ADAPTER: 'emulator',
      ...env,
    },
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (written += chunk));
  const closed = once(child, 'close');
  const early = closed.then(() => Promise.reject(new Error(`${name} ended in its start: ${written}`)));
  const message = Promise.race([once(child, 'message'), early]);
  const [[{ url }]] = (await Promise.all([message, done])) as [[{ readonly url: string }], unknown];
  return {
    url,
    dataDir,
    database,
    child,
    output: () => written,
    exit: () =>
      child.exitCode === null && child.signalCode === null ? null : [child.exitCode, child.signalCode],
    closed,
    close: async () => {
      child.kill('SIGKILL');
      await closed;
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
