import { linkSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandOf, isAlive, startOf } from './process-table.js';

/** The file beside the data that names the launcher serving it. */
function claimFile(dataDir: string): string {
  return `${dataDir}.launcher.json`;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The launcher that serves `dataDir` now, if one other than this process does. */
export function otherLauncher(dataDir: string): number | undefined {
  const claim = readText(claimFile(dataDir));
  if (!claim) return undefined;
  const { pid, startedAt } = JSON.parse(claim) as { pid: number; startedAt: string };
  return pid !== process.pid && isAlive(pid) && startOf(pid) === startedAt ? pid : undefined;
}

function refuseOther(dataDir: string): void {
  const other = otherLauncher(dataDir);
  if (other !== undefined)
    throw new Error(
      `process ${String(other)} already runs on ${path.dirname(dataDir)}: stop it first, or set POSTERN_DATA_DIR to another directory`,
    );
}

/**
 * Writes down that this process serves `dataDir`. Throws a sentence when another launcher that is alive does; of two at
 * once one wins, because the claim is laid as a whole and never over another's.
 */
export function claim(dataDir: string): void {
  const file = claimFile(dataDir);
  const draft = `${file}.${String(process.pid)}`;
  refuseOther(dataDir);
  rmSync(file, { force: true }); // ours, or of a launcher that is gone
  writeFileSync(draft, JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) }));
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    refuseOther(dataDir);
    throw new Error(`another start on ${path.dirname(dataDir)} came first; try again`, { cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes the claim back. */
export function disclaim(dataDir: string): void {
  rmSync(claimFile(dataDir), { force: true });
}

function serves(pid: number, dataDir: string): boolean {
  if (!isAlive(pid)) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === dataDir; // a postmaster's working directory is its data
  } catch {
    return /postgres/.test(commandOf(pid)) && commandOf(pid).includes(dataDir);
  }
}

/** Waits until `isOver` or until `seconds` have passed; says which. */
export async function until(isOver: () => boolean, seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  while (!isOver()) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

/**
 * Clears the way to `dataDir`: a server that outlived its launcher is stopped (fast, after 10 s by force), and a
 * postmaster.pid whose process is no server of this data is removed, since Postgres would take a reused id for a
 * running server. Throws when another launcher that is alive serves this data.
 */
export async function stopOrphan(dataDir: string): Promise<void> {
  refuseOther(dataDir);
  const pidFile = path.join(dataDir, 'postmaster.pid');
  const pid = Number(readText(pidFile)?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const isOver = () => !serves(pid, dataDir);
  if (!isOver()) {
    process.kill(pid, 'SIGINT');
    if (!(await until(isOver, 10))) {
      process.kill(pid, 'SIGKILL');
      await until(isOver, 5);
    }
  }
  rmSync(pidFile, { force: true });
}
