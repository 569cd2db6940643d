import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.js';
import { watchOver } from './watch-over.js';

/** A Redis of our own on 127.0.0.1, in memory. */
export interface LocalRedis {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** The fault F8: dies at once with all that it held; `startRedis({ port })` brings an empty one back. */
  crash(): Promise<void>;
}

/** The path of the machine's `redis-server`, if it has one. */
export function findRedisServer(): string | undefined {
  const candidates = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((entry) => path.join(entry, 'redis-server'));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What Postern asks of every Redis (no eviction), and nothing on disk: this one is thrown away. */
const settings = [
  '--bind',
  '127.0.0.1',
  '--save',
  '',
  '--appendonly',
  'no',
  '--maxmemory-policy',
  'noeviction',
];

/** Resolves when the server says that it is ready; rejects with what it printed when it ends before. */
async function untilReady(child: ChildProcess): Promise<void> {
  const lines: string[] = [];
  if (!child.stdout) throw new Error('redis-server has no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (/Ready to accept connections/.test(line)) return;
  }
  throw new Error(`redis-server did not start:\n${lines.join('\n')}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Starts `redis-server`; on a random free port unless one is given. Throws where there is no such program. */
export async function startRedis(options: { readonly port?: number } = {}): Promise<LocalRedis> {
  const program = findRedisServer();
  if (!program) throw new Error('There is no redis-server on PATH');
  const port = options.port ?? (await freePort());
  const child = spawn(program, ['--port', String(port), ...settings], {
    // Its own group: Ctrl-C reaches the launcher, which stops what uses Redis first.
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  watchOver(child, 'TERM');
  await untilReady(child);
  child.stdout.resume(); // its log is read no further, but a full pipe would stop the server
  const forget = () => child.kill('SIGKILL');
  process.once('exit', forget);
  child.once('exit', () => process.off('exit', forget));
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop: () => end(child, 'SIGTERM'),
    crash: () => end(child, 'SIGKILL'),
  };
}
