import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Postern } from './postern.js';
import { freePort } from '../../launch/free-port.js';

/** Starts another worker beside the one of an installation, with its settings; gives the way to end it. */
export async function startSecondWorker(postern: Postern): Promise<() => Promise<void>> {
  const [node = '', ...args] = partsOf(postern.pid('worker'), 'cmdline');
  const settings = Object.fromEntries(
    partsOf(postern.pid('worker'), 'environ').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
  // The channel to the launcher is the first worker's alone.
  const { NODE_CHANNEL_FD: _fd, NODE_CHANNEL_SERIALIZATION_MODE: _mode, ...env } = settings;
  const port = await freePort();
  const child = spawn(node, args, {
    env: { ...env, WORKER_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/readyz`).catch(() => null);
    if (answer?.ok === true) break;
    if (child.exitCode !== null) throw new Error('the second worker ended');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return async () => {
    child.kill('SIGCONT'); // a frozen process does not hear that it shall end
    child.kill('SIGTERM');
    await ended;
  };
}

/** What the kernel knows of a running process: it was started by the launcher, which keeps its settings to itself. */
function partsOf(pid: number, what: 'cmdline' | 'environ'): readonly string[] {
  return readFileSync(`/proc/${String(pid)}/${what}`, 'utf8')
    .split('\0')
    .filter((part) => part !== '');
}
