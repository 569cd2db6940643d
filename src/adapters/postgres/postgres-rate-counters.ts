import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { RateCounters, type PointsUsed } from '../../domain/ports/rate-counters.js';

/** Counters of rate limits in an unlogged table, for deployments without Redis. One statement a call, outside every transaction. */
@Injectable()
export class PostgresRateCounters extends RateCounters {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async add(used: readonly PointsUsed[]): Promise<readonly PointsUsed[]> {
    // In one order everywhere: two processes that add to the same rows must not wait for each other in a circle.
    const inOrder = used.toSorted((a, b) => a.window - b.window || (a.key < b.key ? -1 : 1));
    const rows = await this.dataSource.query<{ key: string; window: string; points: string }[]>(
      `INSERT INTO rate_counters (window_number, key, points)
       SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])
       ON CONFLICT (window_number, key) DO UPDATE
         SET points = rate_counters.points + excluded.points, counted_at = now()
       RETURNING key, window_number AS window, points`,
      [
        inOrder.map(({ window }) => window),
        inOrder.map(({ key }) => key),
        inOrder.map(({ points }) => points),
      ],
    );
    return rows.map(({ key, window, points }) => ({ key, window: Number(window), points: Number(points) }));
  }
}
