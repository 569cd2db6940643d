import 'reflect-metadata';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { refuseUnsafeRole } from './adapters/postgres/startup-checks.js';
import { readConfiguration, type Configuration } from './config/configuration.js';
import { shortName } from './jobs/effect.processor.js';
import { JobRunner, type JobRunnerOptions } from './jobs/job-runner.js';
import { workerHealth } from './jobs/worker-health.js';
import { WorkerModule } from './worker.module.js';

/** Under 30 seconds, with some left for closing the pool (fault F5). */
const drainMs = 25_000;

function runnerOptions({ queue, database }: Configuration, log: pino.Logger): JobRunnerOptions {
  const backend =
    queue.backend === 'redis'
      ? ({ kind: 'redis', url: queue.redisUrl ?? '', prefix: queue.prefix } as const)
      : ({ kind: 'postgres', url: database.appUrl ?? '', prefix: queue.prefix } as const);
  return {
    backend,
    pollMs: queue.pollMs,
    leaseMs: queue.leaseMs,
    lostAfterMs: queue.lostAfterMs,
    sweepEveryMs: queue.sweepEveryMs,
    // Classes and codes only: an error's own text may quote a URL, an address or a name.
    onError: (where, error) => log.error({ where, error: shortName(error) }, 'an attempt failed'),
    onWarning: (warning) => log.warn(warning),
  };
}

async function main(): Promise<void> {
  const configuration = readConfiguration(process.env);
  const log = pino({ level: configuration.logLevel, base: { process: 'worker' } });
  const app = await NestFactory.createApplicationContext(WorkerModule.with(configuration), {
    logger: false,
    abortOnError: false,
  });
  const dataSource = app.get(DataSource);
  await refuseUnsafeRole(dataSource);
  const runner = app.get(JobRunner);
  let ready = false;
  const health = workerHealth({
    isReady: () => ready,
    depths: async () => {
      const rows = await dataSource.query<{ state: string; count: number }[]>(
        `SELECT state, count(*)::integer AS count FROM effects WHERE state <> 'done' GROUP BY state`,
      );
      const effects = {
        pending: 0,
        dispatched: 0,
        dead: 0,
        ...Object.fromEntries(rows.map((row) => [row.state, row.count])),
      };
      return { effects, queues: await runner.depths() };
    },
  });
  await runner.start(runnerOptions(configuration, log));
  health.listen(configuration.http.workerPort, configuration.http.host);
  await once(health, 'listening');
  ready = true;
  const { port } = health.address() as AddressInfo;
  const where = { name: 'worker', url: `http://${configuration.http.host}:${String(port)}` };
  process.stdout.write(`${JSON.stringify(where)}\n`);
  process.send?.(where);
  const stop = async () => {
    if (!ready) return;
    ready = false;
    log.info('draining');
    await runner.stop(drainMs);
    health.close();
    await Promise.race([app.close(), new Promise((resolve) => setTimeout(resolve, 3_000).unref())]);
    process.exit(0);
  };
  const stopOnce = () => void stop();
  process.on('SIGTERM', stopOnce).on('SIGINT', stopOnce);
  if (process.send !== undefined) process.on('disconnect', stopOnce);
}

main().catch((error: unknown) => {
  process.stderr.write(`worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
