import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readProcess(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined; // the process is gone, or this platform has no /proc: the callers ask `ps` then
  }
}

function askPs(pid: number, column: string): string {
  if (!isAlive(pid)) return '';
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return ''; // `ps` answers 1 when the process ended in between
  }
}

/** The command line of a process, words separated by blanks; empty when it is gone. */
export function commandOf(pid: number): string {
  return readProcess(pid, 'cmdline')?.replaceAll('\0', ' ').trim() ?? askPs(pid, 'args');
}

/**
 * When a process began, as an opaque text that differs between two processes that reuse one id
 * (common in containers, where ids start from 1 again); empty when it is gone.
 */
export function startOf(pid: number): string {
  const stat = readProcess(pid, 'stat');
  if (stat === undefined) return askPs(pid, 'lstart');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
