// Runs every tier of tests on real parts: one PostgreSQL for the run, one migrated template in it, and a Redis where
// one can be had. Arguments go to Jest (`npm test -- test/medium`, `npm test -- --selectProjects small`).
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './prepare.mjs';
import { migratedTemplate, testPostgres } from './test-postgres.mjs';
import { findRedisServer, startRedis } from '../dist/launch/local-redis.js';
import { endOnUncaught, fail, stopOnSignal } from '../dist/launch/stop-on-signal.js';

/** Elsewhere for a run that a test starts: its reports must not replace those of the run that it is part of. */
const reports = path.resolve(root, process.env.POSTERN_REPORTS || 'reports');
const say = (message) => process.stderr.write(`postern: ${message}\n`);
const run = `${process.pid}_${randomBytes(3).toString('hex')}`;

/** `REDIS_URL`, or a server of this run's own, or none: then half of the queue tests cannot run. */
async function testRedis() {
  if (process.env.REDIS_URL) return { url: process.env.REDIS_URL, stop: async () => undefined };
  if (findRedisServer()) return startRedis();
  const bar = '!'.repeat(78);
  say(
    `\n${bar}\n!!  No REDIS_URL and no redis-server on PATH: THE REDIS HALF OF THE TESTS IS LEFT OUT.\n${bar}`,
  );
  if (process.env.REQUIRE_REDIS === '1') throw new Error('REQUIRE_REDIS=1, and there is no Redis');
  return { url: '', stop: async () => undefined };
}

/** What a test may know of this run; settings of the person who started it must not change what is tested. */
function environment(own) {
  const kept = { ...process.env };
  for (const name of [
    'DATABASE_URL',
    'DATABASE_APP_URL',
    'REDIS_URL',
    'QUEUE_BACKEND',
    'POLICY_PACK',
    'POSTERN_REPORTS',
  ])
    delete kept[name];
  return { ...kept, NODE_ENV: 'test', ...own };
}

/** Jest, its workers and what they started: one process group, so that a signal reaches all of them. */
let jestProcess;
/** What a test file starts drains within 35 s; what is left of the group then is killed. */
const groupGraceMs = 45_000;

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false; // nobody is left in it
    throw error;
  }
}

async function stopJest(signal) {
  if (jestProcess === undefined) return;
  const { pid } = jestProcess;
  const deadline = performance.now() + groupGraceMs;
  signalGroup(pid, signal);
  while (signalGroup(pid, 0)) {
    if (performance.now() > deadline) signalGroup(pid, 'SIGKILL');
    await delay(50);
  }
}

/** One run of Jest; `{ code, passed, failed, skipped }`, a file that could not run counting as one failure. */
async function jest(name, args, env) {
  const output = path.join(reports, `jest-${name}.json`);
  await rm(output, { force: true });
  const program = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const all = [program, '--json', `--outputFile=${output}`, ...args];
  const code = await new Promise((resolve, reject) => {
    jestProcess = spawn(process.execPath, all, { cwd: root, stdio: 'inherit', env, detached: true });
    jestProcess.once('error', reject);
    jestProcess.once('exit', (exitCode, signal) => resolve(signal ? 1 : exitCode));
  });
  jestProcess = undefined;
  const report = await readFile(output, 'utf8').then(JSON.parse, () => undefined);
  if (!report) return { code: code || 1, passed: 0, failed: 1, skipped: 0 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const skipped = report.numPendingTests + report.numTodoTests;
  return { code, passed: report.numPassedTests, failed, skipped };
}

/** End-to-end tests mostly wait for leases, operations and looks of processes of their own: three files at a time. */
async function tiers(args, env) {
  if (args.length > 0) return [await jest('chosen', ['--maxWorkers=2', ...args], env)];
  const most = ['small', 'architecture', 'contract', 'migrations', 'medium'];
  const first = await jest('most', ['--maxWorkers=2', '--selectProjects', ...most], env);
  // --forceExit: a leaked handle has failed its file by then (closed-handles.environment.cjs) and may not hang the run.
  const second = await jest(
    'e2e',
    ['--maxWorkers=3', '--forceExit', '--passWithNoTests', '--selectProjects', 'e2e'],
    env,
  );
  return [first, second];
}

const sum = (results, key) => results.reduce((total, result) => total + result[key], 0);

async function main() {
  await mkdir(reports, { recursive: true });
  const stops = [];
  /** Registers how something that begins is stopped, also when a signal comes before it has begun. */
  const started = async (starting, stop) => {
    stops.push(
      stopOnSignal(async () => {
        const thing = await starting.catch(() => undefined);
        if (thing !== undefined) await stop(thing);
      }),
    );
    return starting;
  };
  try {
    const redis = await started(testRedis(), (server) => server.stop());
    const postgres = await started(testPostgres(run), (server) => server.stop());
    const template = await started(migratedTemplate(postgres.ownerUrl, `postern_test_${run}`), (database) =>
      database.dropAll(),
    );
    stops.push(stopOnSignal(() => stopJest('SIGTERM')));
    const env = environment({
      TEST_DATABASE_OWNER_URL: postgres.ownerUrl,
      TEST_TEMPLATE_DATABASE: template.name,
      TEST_REDIS_URL: redis.url,
    });
    const results = await tiers(process.argv.slice(2), env);
    const totals = {
      passed: sum(results, 'passed'),
      failed: sum(results, 'failed'),
      skipped: sum(results, 'skipped'),
    };
    await writeFile(path.join(reports, 'tests.json'), JSON.stringify(totals));
    const half = redis.url ? 'queue tests ran on Postgres and on Redis' : 'THE REDIS HALF WAS LEFT OUT';
    say(`${totals.passed} tests passed, ${totals.failed} failed, ${totals.skipped} skipped; ${half}`);
    process.exitCode = results.some((result) => result.code !== 0) || totals.passed === 0 ? 1 : 0;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

endOnUncaught('test');
await rm(path.join(reports, 'tests.json'), { force: true });
await main().catch((error) => fail(`postern: ${error instanceof Error ? error.message : String(error)}`));
