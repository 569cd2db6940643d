import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * A process that stops a server when the launcher is gone: it waits on a pipe whose other end only the launcher
 * holds, so even `kill -9` of the launcher leaves no server behind.
 */
export function watchOver(child: ChildProcess, signal: 'INT' | 'TERM'): void {
  const script = `read -r line; [ "$line" = done ] || kill -${signal} "$0"`;
  const watch = spawn('/bin/sh', ['-c', script, String(child.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watch.unref();
  const pipe = watch.stdin;
  if (pipe instanceof Socket) pipe.unref();
  pipe.on('error', () => undefined); // the watcher may be gone first; then there is nothing to call off
  child.once('exit', () => pipe.end('done\n'));
}
