import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { prepareDatabase } from '../launch/database.js';
import { startPostgres } from '../launch/embedded-postgres.js';
import { stopOnSignal } from '../launch/stop-on-signal.js';
import { throwawayDirectory } from '../launch/throwaway-directory.js';

/** One PostgreSQL for a whole run, durable as in a deployment, and processes over it: what is compared shares all else. */
export interface BenchStage {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly dataDir: string;
  readonly sql: pg.Pool;
  /** Starts a compiled script that says where it is; gives its URL. */
  start(script: string, env: Readonly<Record<string, string>>): Promise<string>;
  /** The same with the process in hand; `end` stops it before the others. */
  launch(script: string, env: Readonly<Record<string, string>>): Promise<LaunchedProcess>;
  stop(): Promise<void>;
}

export interface LaunchedProcess {
  readonly url: string;
  readonly child: ChildProcess;
  end(): Promise<void>;
}

const compiled = path.resolve(import.meta.dirname, '..');

export async function openStage(): Promise<BenchStage> {
  const dataDir = throwawayDirectory('postern-bench-');
  const children: ChildProcess[] = [];
  const begun: (() => Promise<void>)[] = [];
  const stop = stopOnSignal(async () => {
    await Promise.all(children.map((child) => ended(child)));
    for (const end of begun.toReversed()) await end();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const { ownerUrl, appUrl } = await prepareDatabase(await databaseIn(dataDir, begun));
  const sql = new pg.Pool({ connectionString: ownerUrl, max: 16 });
  begun.push(() => sql.end());
  // A connection that the server ends while it says goodbye is no error of the bench.
  sql.on('error', () => undefined);
  sql.on('connect', (client) => client.on('error', () => undefined));
  const launch = launcherOf(children);
  const start: BenchStage['start'] = async (script, env) => (await launch(script, env)).url;
  return { ownerUrl, appUrl, dataDir, sql, launch, start, stop };
}

async function databaseIn(dataDir: string, begun: (() => Promise<void>)[]): Promise<string> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const starting = startPostgres({ dataDir: path.join(dataDir, 'postgres') });
  begun.push(async () => (await starting.catch(() => null))?.stop());
  return (await starting).ownerUrl;
}

function launcherOf(children: ChildProcess[]): BenchStage['launch'] {
  return async (script, env) => {
    const child = spawn(process.execPath, [path.join(compiled, script)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, MALLOC_ARENA_MAX: '2', ...env }, // as in the image
    });
    children.push(child);
    const gone = once(child, 'exit').then(() => {
      throw new Error(`${script} ended before it was ready`);
    });
    const [ready] = (await Promise.race([once(child, 'message'), gone])) as [{ url: string }];
    return { url: ready.url, child, end: () => ended(child) };
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
