import { findRedisServer, startRedis, type LocalRedis } from '../../launch/local-redis.js';

/** The queue backends that this run can prove; tests are described once for each of them. */
export type QueueBackendName = 'postgres' | 'redis';

/** The Redis of this run, shared by all files (each with a prefix of its own); null where none can be had. */
export function testRedisUrl(): string | null {
  return process.env['TEST_REDIS_URL'] || null;
}

/** Both backends, or Postgres alone where no Redis can be had (the runner says so, loudly). */
export function queueBackends(): readonly QueueBackendName[] {
  return testRedisUrl() ? ['postgres', 'redis'] : ['postgres'];
}

/** Whether a file may start a Redis of its own, which a fault test kills or flushes. */
export function canStartRedis(): boolean {
  return findRedisServer() !== undefined;
}

export { startRedis, type LocalRedis };
