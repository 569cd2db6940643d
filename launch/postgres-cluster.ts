import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PostgresBinaries } from './postgres-binaries.js';
import { canWrite, give, type ServerUser } from './server-user.js';

/** The name of the superuser that owns an embedded cluster. */
export const clusterOwner = 'postgres';

/** A directory that `user` can use, as near to the one wished for as its surroundings allow. */
function reachable(wished: string, user: ServerUser | undefined): string {
  const parent = path.dirname(wished);
  mkdirSync(parent, { recursive: true });
  const probe = path.join(parent, `.reach-${process.pid}`);
  mkdirSync(probe, { recursive: true });
  give(user, probe);
  const isReachable = canWrite(user, probe);
  rmSync(probe, { recursive: true });
  return isReachable ? wished : path.join(outsideOf(wished), path.basename(wished));
}

/** A directory of ours below /var/tmp (kept over reboots), one for each place that could not be used. */
function outsideOf(wished: string): string {
  const name = `postern-${createHash('sha256').update(wished).digest('hex').slice(0, 12)}`;
  const directory = path.join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), name);
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const found = lstatSync(directory);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Error(`${directory} belongs to somebody else; remove it or set POSTERN_DATA_DIR`);
  }
  return directory;
}

/** The file beside the data that holds the owner's password; readable by the launcher only. */
function passwordFile(dataDir: string): string {
  return `${dataDir}.password`;
}

function removeDrafts(dataDir: string): void {
  const prefix = `${path.basename(dataDir)}.draft-`;
  for (const name of readdirSync(path.dirname(dataDir))) {
    if (name.startsWith(prefix))
      rmSync(path.join(path.dirname(dataDir), name), { recursive: true, force: true });
  }
}

/** Runs initdb in a draft and renames it, so that an interrupted one never looks like a cluster. */
function initialise(binaries: PostgresBinaries, dataDir: string, user: ServerUser | undefined): void {
  removeDrafts(dataDir);
  const draft = `${dataDir}.draft-${process.pid}`;
  mkdirSync(draft, { mode: 0o700 });
  give(user, draft);
  const password = randomBytes(24).toString('base64url');
  const handed = path.join(path.dirname(dataDir), `${path.basename(dataDir)}.draft-password`);
  writeFileSync(handed, password, { mode: 0o600 });
  give(user, handed);
  const args = [
    '-D',
    draft,
    '-U',
    clusterOwner,
    '--auth=scram-sha-256',
    `--pwfile=${handed}`,
    '--encoding=UTF8',
  ];
  // The built-in provider sorts alike on every machine, so that plans and dumps do not depend on its libc.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const env = { ...process.env, LC_ALL: 'C' };
  const done = spawnSync(binaries.initdb, [...args, ...locale, '--no-sync'], {
    ...user,
    cwd: '/',
    env,
    encoding: 'utf8',
  });
  rmSync(handed);
  if (done.status !== 0) throw new Error(`initdb failed: ${done.stderr || String(done.error)}`);
  writeFileSync(passwordFile(dataDir), password, { mode: 0o600 });
  renameSync(draft, dataDir);
}

function checkVersion(binaries: PostgresBinaries, dataDir: string): void {
  const found = readFileSync(path.join(dataDir, 'PG_VERSION'), 'utf8').trim();
  const printed = spawnSync(binaries.postgres, ['--version'], { cwd: '/', encoding: 'utf8' }).stdout;
  const major = /\) (\d+)/.exec(printed)?.[1];
  if (found !== major) {
    throw new Error(
      `${dataDir} was made by PostgreSQL ${found}, these binaries are ${major ?? 'unknown'}; move it away`,
    );
  }
}

/** A cluster on disk, ready to be served. */
export interface Cluster {
  /** Where the data really lies; elsewhere than wished when the server's user cannot reach that. */
  readonly dataDir: string;
  readonly password: string;
}

/** Where the data of `wished` lies or will lie. */
export function locateCluster(wished: string, user: ServerUser | undefined): string {
  return reachable(path.resolve(wished), user);
}

/** The cluster in `dataDir`, made by initdb when there is none yet and kept from then on. */
export function openCluster(
  binaries: PostgresBinaries,
  dataDir: string,
  user: ServerUser | undefined,
): Cluster {
  if (existsSync(path.join(dataDir, 'PG_VERSION'))) checkVersion(binaries, dataDir);
  else initialise(binaries, dataDir, user);
  try {
    return { dataDir, password: readFileSync(passwordFile(dataDir), 'utf8') };
  } catch (cause) {
    throw new Error(`${passwordFile(dataDir)} is lost; remove ${dataDir} to begin anew`, { cause });
  }
}
