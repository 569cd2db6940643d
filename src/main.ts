import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isUnavailable } from './adapters/postgres/database-errors.js';
import { refuseUnsafeRole } from './adapters/postgres/startup-checks.js';
import { ApiModule } from './api.module.js';
import { readConfiguration } from './config/configuration.js';
import { ClockWatch } from './domain/ports/clock-watch.js';
import { Readiness } from './domain/ports/readiness.js';
import { ApiLog } from './http/api-log.js';
import { ApiMetrics } from './http/api-metrics.js';
import { createApi } from './http/create-api.js';
import { EventStreams } from './http/event-streams.js';
import { serveMetrics } from './http/metrics-server.js';
import { LastResort } from './last-resort.js';
import { retriedStart } from './retried-start.js';

/** How long a load balancer gets to notice that we drain, and how long requests get to end. Together under 30 s (F5). */
const noticeMs = 200;
const drainMs = 25_000;
const endMs = 29_000;

/** Known from the beginning: a parent that is gone leaves no trace of the channel. */
const hasParent = process.send !== undefined;

async function main(): Promise<void> {
  const configuration = readConfiguration();
  const log = new ApiLog(configuration.logLevel);
  const lastResort = new LastResort({ tell: (failure) => log.uncaught(failure), withinMs: endMs });
  const app = await createApi(ApiModule.with(configuration), configuration.http);
  await retriedStart({
    run: () => refuseUnsafeRole(app.get(DataSource)),
    mayPass: isUnavailable,
    onRetry: (error) => log.retriedStart(error),
  });
  const { host, port, metricsPort } = configuration.http;
  const metricsUrl = await serveMetrics(app.get(ApiMetrics), host, metricsPort);
  const watching = await watchClock(app, configuration.queue.sweepEveryMs);
  await app.listen(port, host);
  lastResort.drainBy(async () => {
    log.info('draining');
    app.get(Readiness).drain();
    await new Promise((resolve) => setTimeout(resolve, noticeMs));
    clearInterval(watching);
    app.get(EventStreams).closeAll();
    await Promise.race([app.close(), new Promise((resolve) => setTimeout(resolve, drainMs).unref())]);
  });
  const stop = () => lastResort.stop();
  process.on('SIGTERM', stop).on('SIGINT', stop);
  if (hasParent) process.on('disconnect', stop);
  // It may have gone while this process started, when nobody listened for that.
  if (hasParent && !process.connected) stop();
  // Last: whoever hears of it may tell it to stop at once.
  const where = { name: 'api', url: await app.getUrl(), metricsUrl };
  process.stdout.write(`${JSON.stringify(where)}\n`);
  // A channel that is broken is noticed as such (`disconnect`).
  process.send?.(where, undefined, undefined, () => undefined);
}

/** Compares clocks before the first request and every few seconds: a wrong one answers 503 until it is right (F29). */
async function watchClock(app: INestApplicationContext, everyMs: number): Promise<NodeJS.Timeout> {
  const [clocks, log] = [app.get(ClockWatch), app.get(ApiLog)];
  let wasAstray = false;
  const look = async () => {
    const { isAstray, aheadMs } = await clocks.look().catch(() => clocks.last());
    if (isAstray !== wasAstray) log.clock(isAstray, aheadMs);
    wasAstray = isAstray;
  };
  await look();
  return setInterval(() => void look(), everyMs);
}

main().catch((error: unknown) => {
  process.stderr.write(`api: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
