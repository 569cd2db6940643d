import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from '../../launch/demo/desk.js';
import { npmCommand, type NpmCommand } from '../support/npm-command.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres-database.js';

let command: NpmCommand | undefined;
afterEach(() => {
  command?.cleanUp();
  command = undefined;
});
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  command = npmCommand(args, { LOG_LEVEL: 'silent', ...env });
  return command;
};
const anywhere = { PORT: '0', EMULATOR_PORT: '0' };

/** What lies in the temporary directory of a command, besides caches that are for the next one. */
const left = ({ directory }: NpmCommand) =>
  readdirSync(directory).filter(
    (name) => name.startsWith('postern-') && !name.startsWith('postern-postgres-'),
  );

const uncaughtPoints = path.resolve(import.meta.dirname, '..', 'support', 'uncaught-points.mjs');

describe('a failure that nothing caught, in what npm runs', () => {
  it.each<[args: string, process: string, signal: NodeJS.Signals, kind: string, started: string]>([
    ['start', 'start', 'SIGUSR2', 'unhandledRejection', 'dist/src/worker.js'],
    ['run demo', 'demo', 'SIGPIPE', 'uncaughtException', 'bin/postgres'],
    ['run generate:check', 'generate', 'SIGUSR2', 'unhandledRejection', 'bin/postgres'],
  ])(
    'stops everything that npm %s had started, and says which',
    async (args, name, signal, kind, started) => {
      const NODE_OPTIONS = `--import=${pathToFileURL(uncaughtPoints).href}`;
      const running = run(args.split(' '), { ...anywhere, NODE_OPTIONS });
      await running.has(started);
      const [[pid] = []] = [...running.processes()].filter(([, line]) => line.includes('tools/run.mjs'));
      process.kill(pid ?? 0, signal);
      expect(await running.ended).toBe(70);
      const lines = running.output().split('\n');
      const words = lines
        .filter((line) => line.includes('ECANARY'))
        .map((line) => JSON.parse(line) as unknown);
      expect(words).toEqual([
        expect.objectContaining({ process: name, kind, error: 'Error', code: 'ECANARY' }),
      ]);
      expect(running.output()).not.toMatch(/canary\.example|sig=/);
      const alive = async () => [...running.processes().values()];
      await until('all that it started to be gone', alive, (lines) => lines.length === 0, 120_000);
      expect(left(running)).toEqual([]);
    },
  );
});

describe('a signal to npm itself', () => {
  it.each<[args: string, signal: NodeJS.Signals, started: string]>([
    ['start', 'SIGTERM', 'dist/src/worker.js'],
    ['start', 'SIGINT', 'bin/postgres'],
    ['run demo', 'SIGTERM', 'dist/src/worker.js'],
    ['run demo', 'SIGINT', 'bin/postgres'],
    ['run bench -- --quick', 'SIGTERM', 'dist/bench/bare-server.js'],
    ['run bench -- cloud --quick', 'SIGINT', 'dist/src/main.js'],
    ['run generate:check', 'SIGTERM', 'bin/postgres'],
    ['test -- --selectProjects small src', 'SIGTERM', 'processChild.js'],
    ['test -- --selectProjects small src', 'SIGINT', 'processChild.js'],
  ])('ends npm %s (%s) and everything that it started', async (args, signal, started) => {
    const running = run(args.split(' '), {
      ...anywhere,
    });
    await running.has(started);
    await running.end(signal);
    expect([...running.processes().values()]).toEqual([]);
    expect(left(running)).toEqual([]);
  });

  describe('of a real deployment', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase();
    });
    afterAll(() => database.drop());

    it.each<[script: string, signal: NodeJS.Signals]>([
      ['start:api', 'SIGTERM'],
      ['start:worker', 'SIGINT'],
    ])('ends npm run %s (%s), which drains', async (script, signal) => {
      const running = run(['run', script], {
        ...anywhere,
        DATABASE_APP_URL: database.appUrl,
        LOG_LEVEL: 'info',
        ARM_CREDENTIAL: 'static',
        ARM_TOKEN: 'x',
        ARM_ENDPOINT: 'http://127.0.0.1:9',
        GATE_ADAPTER: 'emulator',
        GATE_URL: 'http://127.0.0.1:9',
      });
      await running.says('"url":');
      await running.end(signal);
      expect(running.output()).toContain('draining');
    });
  });
});

describe('npm start', () => {
  const processesOf = ({ directory }: NpmCommand) =>
    JSON.parse(readFileSync(path.join(directory, 'data', 'processes.json'), 'utf8')) as Record<
      'api' | 'worker' | 'emulator',
      { readonly pid: number; readonly url: string }
    >;
  const apiOf = (running: NpmCommand) => {
    try {
      return processesOf(running).api.url;
    } catch {
      return null; // not there yet
    }
  };
  const isReady = async (running: NpmCommand) => {
    const url = apiOf(running);
    return (
      url !== null &&
      (await fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ))
    );
  };
  const ready = (running: NpmCommand) =>
    until(
      '/readyz to be 200',
      () => isReady(running),
      (isSo) => isSo,
      150_000,
    );
  const npm = async (
    args: readonly string[],
    running: NpmCommand,
    env: Readonly<Record<string, string>> = {},
  ) => {
    const other = npmCommand(args, { ...env, POSTERN_DATA_DIR: path.join(running.directory, 'data') });
    const code = await other.ended;
    const output = other.output();
    other.cleanUp();
    return { code, output };
  };

  it('is ready once its personas can work, refuses a second start, and starts again what dies, saying why', async () => {
    const running = run(['start'], { ...anywhere });
    await ready(running);
    const token = await npm(['run', '--silent', 'token', '--', 'customer'], running);
    const asCustomer = { headers: { authorization: `Bearer ${token.output.trim()}` } };
    expect((await fetch(`${apiOf(running) ?? ''}/v1/subscriptions`, asCustomer)).status).toBe(200);

    const second = await npm(['start', '--silent'], running, { ...anywhere });
    expect(second.code).toBe(1);
    expect(second.output).toMatch(/^postern: process \d+ already runs on .*: stop it first/m);
    expect(second.output).not.toContain('    at ');
    expect(await isReady(running)).toBe(true);

    await running.says('a token: npm run');
    process.kill(processesOf(running).worker.pid, 'SIGKILL');
    await running.says('postern: worker ended (SIGKILL); starting it again');
    const server = readFileSync(path.join(running.directory, 'data', 'postgres', 'postmaster.pid'), 'utf8');
    process.kill(Number(server.split('\n')[0]), 'SIGKILL');
    await running.says('postern: PostgreSQL ended (SIGKILL');
    await running.has('bin/postgres');
    await ready(running);
    expect((await npm(['run', 'verify', '--silent'], running)).code).toBe(0);
    expect(await running.end('SIGTERM')).toBe(0);
  });

  it('names a port that is taken, at once, and takes nobody else’s answer for its own', async () => {
    const server = createServer((_request, response) => response.end('ready'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const running = run(['start', '--silent'], { ...anywhere, PORT: String(port) });
      expect(await running.ended).toBe(1);
      expect(running.output()).toContain(`port ${String(port)} (PORT) is taken`);
      expect([...running.processes().values()]).toEqual([]);
    } finally {
      await once(server.close(), 'close');
    }
  });
});
