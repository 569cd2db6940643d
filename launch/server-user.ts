import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';

/** The operating system user that a child process runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

function lookUp(name: string): ServerUser | undefined {
  const ask = (flag: string) =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined; // no such user on this machine
  }
}

/**
 * Whom Postgres runs as: nobody else for an ordinary user (undefined), but never root, which Postgres
 * refuses; root lends it `postgres` or else `nobody`.
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return lookUp('postgres') ?? lookUp('nobody') ?? { uid: 65534, gid: 65534 };
}

/** Whether `user` may enter and write `directory`: asked by doing, since modes alone miss ACLs and mounts. */
export function canWrite(user: ServerUser | undefined, directory: string): boolean {
  const script = 'cd "$0" && test -w .';
  const result = spawnSync('/bin/sh', ['-c', script, directory], { ...user, cwd: '/', stdio: 'ignore' });
  return result.status === 0;
}

/** Hands a file or directory to `user`; nothing to do when the launcher is that user itself. */
export function give(user: ServerUser | undefined, file: string): void {
  if (user) chownSync(file, user.uid, user.gid);
}
