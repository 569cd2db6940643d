import 'reflect-metadata';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { queuePool } from './adapters/postgres/connections.js';
import { countNeeds } from './adapters/postgres/count-needs.js';
import { refuseUnsafeRole } from './adapters/postgres/startup-checks.js';
import { readConfiguration, type Configuration } from './config/configuration.js';
import { Readiness } from './domain/ports/readiness.js';
import { describeFailure } from './domain/described-failure.js';
import { redactedPaths } from './domain/unlogged-fields.js';
import { JobRunner, type JobRunnerOptions } from './jobs/job-runner.js';
import { workerHealth, type HealthSource } from './jobs/worker-health.js';
import { LastResort } from './last-resort.js';
import { WorkerModule } from './worker.module.js';

// What a worker holds is little (45 MB), and what it throws away is much: without this the heap grows to four times of it
// before anything is collected (budget B8).
setFlagsFromString('--optimize-for-size');

/** Under 30 seconds, with some left for closing the pool (fault F5). */
const drainMs = 25_000;
const endMs = 29_000;

function runnerOptions({ queue, database, isProduction }: Configuration, log: pino.Logger): JobRunnerOptions {
  const backend =
    queue.backend === 'redis'
      ? ({ kind: 'redis', url: queue.redisUrl ?? '', prefix: queue.prefix } as const)
      : ({
          kind: 'postgres',
          openPool: (max: number) => queuePool(database.appUrl ?? '', max),
          prefix: queue.prefix,
        } as const);
  return {
    backend,
    pollMs: queue.pollMs,
    leaseMs: queue.leaseMs,
    lostAfterMs: queue.lostAfterMs,
    sweepEveryMs: queue.sweepEveryMs,
    unsafeQueue: isProduction ? 'refuse' : 'warn',
    onError: (where, error) => log.error({ ...where, ...describeFailure(error) }, 'an attempt failed'),
    onWarning: (warning) => log.warn(warning),
  };
}

const unfinished = `SELECT state, count(*)::integer AS count FROM effects WHERE state <> 'done' GROUP BY state`;

/** What the worker's health and metrics are read from. */
function healthSource(app: INestApplicationContext): HealthSource {
  const [dataSource, readiness, runner] = [app.get(DataSource), app.get(Readiness), app.get(JobRunner)];
  return {
    needs: () => countNeeds(dataSource),
    isReady: async () => (await readiness.isReady()) && (await runner.depths()) !== null,
    depths: async () => {
      const rows = await dataSource.query<{ state: string; count: number }[]>(unfinished);
      const counted = Object.fromEntries(rows.map((row) => [row.state, row.count]));
      return { effects: { pending: 0, dispatched: 0, dead: 0, ...counted }, queues: await runner.depths() };
    },
  };
}

async function main(): Promise<void> {
  const configuration = readConfiguration();
  const log = pino({ level: configuration.logLevel, base: { process: 'worker' }, redact: redactedPaths });
  const lastResort = new LastResort({
    tell: (failure) => log.fatal(failure, 'a failure that nothing caught: the process drains and ends'),
    withinMs: endMs,
  });
  const app = await NestFactory.createApplicationContext(WorkerModule.with(configuration), {
    logger: false,
    abortOnError: false,
  });
  await refuseUnsafeRole(app.get(DataSource));
  const runner = app.get(JobRunner);
  const health = workerHealth(healthSource(app));
  await runner.start(runnerOptions(configuration, log));
  health.listen(configuration.http.workerPort, configuration.http.host);
  await once(health, 'listening');
  lastResort.drainBy(async () => {
    log.info('draining');
    app.get(Readiness).drain();
    await runner.stop(drainMs);
    health.close();
    await Promise.race([app.close(), new Promise((resolve) => setTimeout(resolve, 3_000).unref())]);
  });
  onStop(() => lastResort.stop());
  // Last: whoever hears of it may tell it to stop at once.
  announce(configuration.http.host, (health.address() as AddressInfo).port);
}

/** Says where the worker is, in one line of JSON and to its parent where it has one. */
function announce(host: string, port: number): void {
  const where = { name: 'worker', url: `http://${host}:${String(port)}` };
  process.stdout.write(`${JSON.stringify(where)}\n`);
  process.send?.(where);
}

/** A signal, or a parent that is gone: a launcher that was killed leaves no worker behind. */
function onStop(stop: () => void): void {
  process.on('SIGTERM', stop).on('SIGINT', stop);
  if (process.send !== undefined) process.on('disconnect', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
