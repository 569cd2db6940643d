// The PostgreSQL of one test run: an embedded one that is thrown away, or the owner's at DATABASE_URL.
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { prepareDatabase } from '../dist/launch/database.js';
import { startPostgres } from '../dist/launch/embedded-postgres.js';
import { isAlive } from '../dist/launch/process-table.js';

const prefix = 'postern-test-';

/** Removes what runs that were killed left behind; their servers stopped when they did. */
async function removeLeftovers(parent) {
  for (const name of await readdir(parent)) {
    const pid = new RegExp(`^${prefix}(\\d+)_`).exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

/** `{ ownerUrl, stop }` of a server for the run named `run` (it begins with this process's id). */
export async function testPostgres(run) {
  if (process.env.DATABASE_URL) return { ownerUrl: process.env.DATABASE_URL, stop: async () => undefined };
  const parent = os.tmpdir();
  await removeLeftovers(parent);
  const directory = path.join(parent, `${prefix}${run}`);
  await mkdir(directory);
  await chmod(directory, 0o711); // whatever the umask: as root the server runs as another user
  const server = await startPostgres({ dataDir: path.join(directory, 'data'), durable: false });
  const stop = async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  return { ownerUrl: server.ownerUrl, stop };
}

async function withOwner(ownerUrl, work) {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the database `name`, migrates it, and closes it to sessions, which would block its cloning. */
export async function migratedTemplate(ownerUrl, name) {
  await withOwner(ownerUrl, (owner) => owner.query(`CREATE DATABASE ${name} TEMPLATE template0`));
  const url = new URL(ownerUrl);
  url.pathname = `/${name}`;
  await prepareDatabase(url.href);
  await withOwner(ownerUrl, (owner) => owner.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`));
  /** The template, and the clones of files that were killed before they could drop them. */
  const dropAll = () =>
    withOwner(ownerUrl, async (owner) => {
      const found = await owner.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
        name,
      ]);
      for (const { datname } of found.rows)
        await owner.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
    });
  return { name, dropAll };
}
