import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../launch/demo/desk.js';
import { commandOf } from '../../launch/process-table.js';

/** `npm run …` as a person starts it, and every process that came of it. */
export interface NpmCommand {
  /** npm itself. */
  readonly child: ChildProcess;
  /** A temporary directory of its own, also for what it starts. */
  readonly directory: string;
  output(): string;
  /** The command lines of npm and of all its descendants that are alive, by process id. */
  processes(): ReadonlyMap<number, string>;
  /** Waits until a process is there whose command line has this part. */
  has(part: string): Promise<unknown>;
  /** Waits until its output has this part. */
  says(part: string): Promise<unknown>;
  /** Sends npm, and nobody else, a signal; gives its exit code once it and all its descendants are gone. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Its exit code, once it has ended by itself. */
  readonly ended: Promise<number | null>;
  /** Kills what is left. */
  cleanUp(): void;
}

const root = path.resolve(__dirname, '../..');
const patience = 150_000;
const markName = 'POSTERN_TEST_MARK';

function environmentHas(pid: string, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
  } catch {
    return false; // it ended, or is another user's: then it is none of ours
  }
}

/** Descendants are found by a mark in their environment: a process that lost its parent keeps it. */
export function npmCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): NpmCommand {
  const mark = `${markName}=${randomUUID()}`;
  const directory = mkdtempSync(path.join(tmpdir(), 'postern-npm-'));
  chmodSync(directory, 0o711); // as root PostgreSQL runs as another user, and has to reach its data
  const child = spawn('npm', args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: directory,
      POSTERN_DATA_DIR: path.join(directory, 'data'),
      POSTERN_REPORTS: path.join(directory, 'reports'),
      [markName]: mark.slice(markName.length + 1),
      ...env,
    },
  });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => written.push(String(chunk)));
  const output = () => written.join('');
  const processes = () => {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && environmentHas(name, mark));
    return new Map(pids.map((pid) => [Number(pid), commandOf(Number(pid))]));
  };
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const alive = () => {
    if (child.exitCode !== null) throw new Error(`npm ended with ${String(child.exitCode)}:\n${output()}`);
  };
  return {
    child,
    directory,
    output,
    processes,
    ended,
    has: (part) => {
      const look = async () => (alive(), [...processes().values()].some((line) => line.includes(part)));
      return until(`a process ${part}`, look, (isSo) => isSo, patience);
    },
    says: (part) => {
      const look = async () => output().includes(part) || (alive(), false);
      return until(`the words ${part}`, look, (isSo) => isSo, patience);
    },
    end: async (signal) => {
      child.kill(signal);
      const code = await ended;
      await until(
        'every process that it started to be gone',
        async () => [...processes().values()],
        (left) => left.length === 0,
        patience,
      );
      return code;
    },
    cleanUp: () => {
      for (const pid of processes().keys()) process.kill(pid, 'SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
