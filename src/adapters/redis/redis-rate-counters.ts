import { once } from 'node:events';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RateCounters, type PointsUsed } from '../../domain/ports/rate-counters.js';

/** Two windows of a minute: a counter outlives its own window, and no more. */
const keptForSeconds = 120;
/** An answer that comes later than a second is of no use: the next call is due by then. */
const longestMs = 1_000;

/**
 * Counters of rate limits in Redis, all in one round trip. It never queues while Redis is away: the call fails at once, and
 * the connection is sought again in the background, every 5 seconds at most.
 */
@Injectable()
export class RedisRateCounters extends RateCounters implements OnApplicationShutdown {
  private readonly redis: Redis;

  constructor(
    url: string,
    private readonly prefix: string,
  ) {
    super();
    this.redis = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: longestMs,
      connectTimeout: longestMs,
      retryStrategy: (times) => Math.min(times * 200, 5_000),
    });
    // Told by the calls that fail; an event without a listener would end the process.
    this.redis.on('error', () => undefined);
  }

  override async add(used: readonly PointsUsed[]): Promise<readonly PointsUsed[]> {
    const pipeline = this.redis.pipeline();
    for (const { key, window, points } of used) {
      const name = `${this.prefix}:rate:${String(window)}:${key}`;
      pipeline.incrby(name, points).expire(name, keptForSeconds);
    }
    const answers = (await pipeline.exec()) ?? [];
    return used.map(({ key, window }, index) => {
      const [error, total] = answers[index * 2] ?? [new Error('no answer'), null];
      if (error !== null) throw error;
      return { key, window, points: Number(total) };
    });
  }

  /** Resolves once there is a connection. */
  async ready(): Promise<void> {
    if (this.redis.status !== 'ready') await once(this.redis, 'ready');
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
