import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startPostgres, type EmbeddedPostgres } from '../../../launch/embedded-postgres.js';
import { claim, disclaim } from '../../../launch/postgres-orphan.js';
import { isAlive, startOf } from '../../../launch/process-table.js';

async function ask(server: EmbeddedPostgres, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: server.ownerUrl });
  client.on('error', () => undefined); // a crash of the server is told here and through the query
  await client.connect();
  try {
    const result = await client.query<{ value: unknown }>(sql);
    return result.rows[0]?.value;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  let directory = '';
  let dataDir = '';
  let server: EmbeddedPostgres | undefined;
  const start = async (port?: number) => {
    server = await startPostgres({ dataDir, durable: false, ...(port !== undefined && { port }) });
    return server;
  };

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'postern-embedded-'));
    chmodSync(directory, 0o711);
    dataDir = path.join(directory, 'data');
  });
  afterEach(async () => {
    await server?.stop();
    if (server) rmSync(path.dirname(server.dataDir), { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
    server = undefined;
  });

  it('keeps its data from one start to the next, and asks for its password', async () => {
    const first = await start();
    await ask(first, 'CREATE TABLE kept AS SELECT 7 AS value');
    await first.stop();
    const second = await start();
    expect(await ask(second, 'SELECT value FROM kept')).toBe(7);
    expect(statSync(`${second.dataDir}.password`).mode & 0o777).toBe(0o600);
    const wrong = { ...second, ownerUrl: second.ownerUrl.replace(/:[^:@]+@/, ':wrong@') };
    await expect(ask(wrong, 'SELECT 1 AS value')).rejects.toThrow(/password authentication failed/);
  });

  it('F6: recovers from a crash on the same port', async () => {
    const first = await start();
    await ask(first, 'CREATE TABLE kept AS SELECT 7 AS value');
    await first.crash();
    await expect(ask(first, 'SELECT value FROM kept')).rejects.toThrow(/ECONNREFUSED/);
    expect(await ask(await start(first.port), 'SELECT value FROM kept')).toBe(7);
  });

  it('stops a server that outlived its launcher', async () => {
    const orphan = await start();
    writeFileSync(`${orphan.dataDir}.launcher.json`, JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' }));
    const next = await start();
    expect(next.pid).not.toBe(orphan.pid);
    expect(isAlive(orphan.pid)).toBe(false);
  });

  it('does not take a reused process id in postmaster.pid for its server', async () => {
    const first = await start();
    const pidFile = path.join(first.dataDir, 'postmaster.pid');
    const stale = readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.ppid));
    await first.stop();
    writeFileSync(pidFile, stale);
    expect(await ask(await start(), 'SELECT 1 AS value')).toBe(1);
    expect(isAlive(process.ppid)).toBe(true);
  });

  it('leaves alone a server whose launcher is alive', async () => {
    const first = await start();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    const owner = { pid: other.pid, startedAt: startOf(other.pid ?? 0) };
    writeFileSync(`${first.dataDir}.launcher.json`, JSON.stringify(owner));
    await expect(startPostgres({ dataDir })).rejects.toThrow(/process \d+ already runs on/);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await ask(first, 'SELECT 1 AS value')).toBe(1);
    claim(first.dataDir);
    disclaim(first.dataDir);
  });

  it('listens on loopback only, and writes no rows into its log', async () => {
    const first = await start();
    expect(await ask(first, "SELECT current_setting('listen_addresses') AS value")).toBe('127.0.0.1');
    await ask(first, 'CREATE TABLE once (mail text UNIQUE)');
    await ask(first, "INSERT INTO once VALUES ('canary@example.test')");
    await expect(ask(first, "INSERT INTO once VALUES ('canary@example.test')")).rejects.toThrow(/unique/);
    const log = readFileSync(`${first.dataDir}.log`, 'utf8');
    expect(log).toMatch(/duplicate key value/);
    expect(log).not.toMatch(/canary/);
  });
});
