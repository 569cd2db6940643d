// A lock file between processes of one clone. Plain JavaScript: it runs before anything is installed.
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { readFileSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** When a process began, in kernel ticks, so that a reused pid is not taken for the lock's owner. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return ''; // no /proc on this platform, or the process is gone: the pid alone must do
  }
}

function ownerLives(content) {
  const [pid, startedAt] = content.trim().split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !startedAt || startOf(pid) === startedAt;
}

/** True when the lock was free and is now ours; `link` creates it with its content in one step. */
async function take(file, mine) {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, mine);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    await unlink(draft);
  }
}

/** Removes a lock whose owner died; puts back what another process took in the meantime. */
async function breakStale(file) {
  const content = await readFile(file, 'utf8').catch(() => undefined);
  if (content === undefined || ownerLives(content)) return;
  const aside = `${file}.stale-${process.pid}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== content) await link(aside, file).catch(() => undefined);
  await unlink(aside);
}

/**
 * Runs `work` while holding `file`. A second process waits (and says so once); the lock of a dead one is broken.
 */
export async function withLock(file, work, sayWaiting) {
  await mkdir(path.dirname(file), { recursive: true });
  const mine = `${process.pid} ${startOf(process.pid)}`;
  for (let told = false; !(await take(file, mine)); told = true) {
    await breakStale(file);
    if (!told) sayWaiting();
    await delay(100);
  }
  const release = () => {
    try {
      unlinkSync(file);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
