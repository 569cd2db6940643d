// Runs every tier of tests on real parts: one PostgreSQL for the run, one migrated template in it, and a Redis where
// one can be had. Arguments go to Jest (`npm test -- test/medium`, `npm test -- --selectProjects small`).
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './prepare.mjs';
import { migratedTemplate, testPostgres } from './test-postgres.mjs';
import { findRedisServer, startRedis } from '../dist/launch/local-redis.js';

const reports = path.join(root, 'reports');
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
  for (const name of ['DATABASE_URL', 'DATABASE_APP_URL', 'REDIS_URL', 'QUEUE_BACKEND', 'POLICY_PACK'])
    delete kept[name];
  return { ...kept, NODE_ENV: 'test', ...own };
}

let jestProcess;

/** One run of Jest; `{ code, passed, failed, skipped }`, a file that could not run counting as one failure. */
async function jest(name, args, env) {
  const output = path.join(reports, `jest-${name}.json`);
  await rm(output, { force: true });
  const program = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const all = [program, '--json', `--outputFile=${output}`, ...args];
  const code = await new Promise((resolve, reject) => {
    jestProcess = spawn(process.execPath, all, { cwd: root, stdio: 'inherit', env });
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
  const cleanUps = [];
  const stopAll = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      jestProcess?.kill(signal);
      void stopAll().finally(() => process.exit(1));
    });
  }
  try {
    const redis = await testRedis();
    cleanUps.push(() => redis.stop());
    const postgres = await testPostgres(run);
    cleanUps.push(() => postgres.stop());
    const template = await migratedTemplate(postgres.ownerUrl, `postern_test_${run}`);
    cleanUps.push(() => template.dropAll());
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
    await stopAll();
  }
}

await rm(path.join(reports, 'tests.json'), { force: true });
await main();
