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
import { isUnavailable } from './adapters/postgres/database-errors.js';
import { LocalWake } from './adapters/postgres/local-wake.js';
import { refuseUnsafeRole } from './adapters/postgres/startup-checks.js';
import { readConfiguration, type Configuration } from './config/configuration.js';
import { ClockWatch } from './domain/ports/clock-watch.js';
import { Readiness } from './domain/ports/readiness.js';
import { describeFailure } from './domain/described-failure.js';
import { redactedPaths } from './domain/unlogged-fields.js';
import { JobRunner, UnsafeQueue, type JobRunnerOptions } from './jobs/job-runner.js';
import { beat, LaneSupervisor, type LaneMessage } from './jobs/lane-supervisor.js';
import type { Lane } from './jobs/lanes.js';
import { workerHealth, type HealthSource } from './jobs/worker-health.js';
import { LastResort } from './last-resort.js';
import { retriedStart } from './retried-start.js';
import { WorkerModule } from './worker.module.js';

// What a worker holds is little (45 MB), and what it throws away is much: without this the heap grows to four times of it
// before anything is collected (budget B8).
setFlagsFromString('--optimize-for-size');

/** Under 30 seconds, with some left for closing the pool (fault F5). */
const drainMs = 25_000;
const endMs = 29_000;

function runnerOptions(
  { queue, database, isProduction }: Configuration,
  lane: Lane,
  log: pino.Logger,
): JobRunnerOptions {
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
    lane,
    pollMs: queue.pollMs,
    leaseMs: queue.leaseMs,
    lostAfterMs: queue.lostAfterMs,
    sweepEveryMs: queue.sweepEveryMs,
    unsafeQueue: isProduction ? 'refuse' : 'warn',
    onError: (where, error) => log.error({ ...where, ...describeFailure(error) }, 'an attempt failed'),
    onWarning: (warning) => log.warn(warning),
    onClock: ({ isAstray, aheadMs }) =>
      isAstray
        ? log.error(
            { aheadMs },
            'the clock of this machine is not the database’s: nothing is done until it is set right',
          )
        : log.warn('the clock is right again: work goes on'),
  };
}

const unfinished = `SELECT state, count(*)::integer AS count FROM effects WHERE state <> 'done' GROUP BY state`;

/** What the worker's health and metrics are read from. */
function healthSource(app: INestApplicationContext, beside: LaneSupervisor | null): HealthSource {
  const [dataSource, readiness, runner] = [app.get(DataSource), app.get(Readiness), app.get(JobRunner)];
  return {
    clockAheadMs: () => app.get(ClockWatch).last().aheadMs,
    needs: () => countNeeds(dataSource),
    isReady: async () =>
      (beside?.isUp() ?? true) && (await readiness.isReady()) && (await runner.depths()) !== null,
    lane: () => (beside === null ? null : { isUp: beside.isUp(), restarts: beside.restarts() }),
    depths: async () => {
      const rows = await dataSource.query<{ state: string; count: number }[]>(unfinished);
      const counted = Object.fromEntries(rows.map((row) => [row.state, row.count]));
      return { effects: { pending: 0, dispatched: 0, dead: 0, ...counted }, queues: await runner.depths() };
    },
  };
}

/** Given to the process that a worker runs beside itself for what strangers wrote. */
const supervisedLane = '--lane=screening';
const isSupervised = process.argv.includes(supervisedLane);

function laneOf({ worker: { lanes } }: Configuration): Lane {
  if (isSupervised) return 'screening';
  return lanes === 'all' ? 'enforcement' : lanes;
}

/** Its role is safe and its queues are open: from then on every part copes by itself with connections that end. */
async function begun(
  app: INestApplicationContext,
  options: JobRunnerOptions,
  log: pino.Logger,
): Promise<void> {
  const onRetry = (error: unknown) => log.warn(describeFailure(error), 'the start is tried again');
  const checking = () => refuseUnsafeRole(app.get(DataSource));
  await retriedStart({ run: checking, mayPass: isUnavailable, onRetry });
  // The queue's library and drivers have no common class for a server that is away.
  const mayPass = (error: unknown) => !(error instanceof UnsafeQueue);
  await retriedStart({ run: () => app.get(JobRunner).start(options), mayPass, onRetry });
}

async function main(): Promise<void> {
  const configuration = readConfiguration();
  const lane = laneOf(configuration);
  const log = pino({
    level: configuration.logLevel,
    base: { process: 'worker', lane },
    redact: redactedPaths,
  });
  const lastResort = new LastResort({
    tell: (failure) => log.fatal(failure, 'a failure that nothing caught: the process drains and ends'),
    withinMs: endMs,
  });
  const app = await NestFactory.createApplicationContext(WorkerModule.with(configuration), {
    logger: false,
    abortOnError: false,
  });
  await begun(app, runnerOptions(configuration, lane, log), log);
  const beside = isSupervised
    ? besideSupervisor(app.get(LocalWake))
    : await besideHealth(app, configuration, log);
  lastResort.drainBy(async () => {
    log.info('draining');
    app.get(Readiness).drain();
    await Promise.all([app.get(JobRunner).stop(drainMs), beside.drain()]);
    beside.close();
    await Promise.race([app.close(), new Promise((resolve) => setTimeout(resolve, 3_000).unref())]);
  });
  onStop(() => lastResort.stop());
  // Last: whoever hears of it may tell it to stop at once.
  beside.announce();
}

/** What runs beside the lane of this process. */
interface Beside {
  /** Tells that it is there. */
  announce(): void;
  drain(): Promise<void>;
  close(): void;
}

/** A supervised lane: it beats, and tells of what it committed, so that the relay in its supervisor looks at once. */
function besideSupervisor(wake: LocalWake): Beside {
  // A channel that is broken is noticed as such (`onStop`).
  const send = (message: LaneMessage) => void process.send?.(message, undefined, undefined, () => undefined);
  const silence = wake.listen(() => send('committed'));
  let stopBeating: (() => void) | null = null;
  return {
    announce: () => {
      stopBeating = beat(send).stop;
    },
    drain: () => Promise.resolve(),
    close: () => {
      stopBeating?.();
      silence();
    },
  };
}

/** A worker that others watch: its health, and the screening lane where this process runs both. */
async function besideHealth(
  app: INestApplicationContext,
  { worker, http }: Configuration,
  log: pino.Logger,
): Promise<Beside> {
  const supervisor = worker.lanes === 'all' ? superviseScreening(app, worker.laneStalledSeconds, log) : null;
  const health = workerHealth(healthSource(app, supervisor));
  health.listen(http.workerPort, http.host);
  await once(health, 'listening');
  supervisor?.start();
  return {
    announce: () => announce(http.host, (health.address() as AddressInfo).port),
    drain: () => supervisor?.stop(drainMs) ?? Promise.resolve(),
    close: () => void health.close(),
  };
}

function superviseScreening(
  app: INestApplicationContext,
  stalledSeconds: number,
  log: pino.Logger,
): LaneSupervisor {
  return new LaneSupervisor({
    command: [process.argv[1] ?? '', supervisedLane],
    stalledSeconds,
    onCommitted: () => app.get(LocalWake).now(),
    onEnded: (why) =>
      log.error({ ...why, restarted: 'screening' }, 'the screening lane ended and is started again'),
  });
}

/** Says where the worker is, in one line of JSON and to its parent where it has one. */
function announce(host: string, port: number): void {
  const where = { name: 'worker', url: `http://${host}:${String(port)}` };
  process.stdout.write(`${JSON.stringify(where)}\n`);
  // A channel that is broken is noticed as such (`disconnect`).
  process.send?.(where, undefined, undefined, () => undefined);
}

/** Known from the beginning: a parent that is gone leaves no trace of the channel. */
const hasParent = process.send !== undefined;

/** A signal, or a parent that is gone: a launcher that was killed leaves no worker behind. */
function onStop(stop: () => void): void {
  process.on('SIGTERM', stop).on('SIGINT', stop);
  if (!hasParent) return;
  process.on('disconnect', stop);
  // It may have gone while this process started, when nobody listened for that.
  if (!process.connected) stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
