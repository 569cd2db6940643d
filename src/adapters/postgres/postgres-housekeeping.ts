import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { queryUnscoped } from './database-roles.js';
import { ExclusiveWork, Housekeeping } from '../../domain/ports/exclusive-work.js';

/** An advisory lock of a session of its own: it goes with the session, however that ends. */
@Injectable()
export class PostgresExclusiveWork extends ExclusiveWork {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async tryRun<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const [row] = (await runner.query('SELECT pg_try_advisory_lock(hashtext($1)) AS locked', [name])) as {
        locked: boolean;
      }[];
      if (row?.locked !== true) return null;
      try {
        return await work();
      } finally {
        await runner.query('SELECT pg_advisory_unlock(hashtext($1))', [name]);
      }
    } finally {
      await runner.release();
    }
  }
}

@Injectable()
export class PostgresHousekeeping extends Housekeeping {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async purge(): Promise<number> {
    const statements = [
      `DELETE FROM idempotency_keys WHERE ctid IN (
         SELECT ctid FROM idempotency_keys WHERE created_at < now() - interval '24 hours' LIMIT 5000)`,
      `DELETE FROM effects WHERE id IN (
         SELECT id FROM effects WHERE state = 'done' AND ended_at < now() - interval '7 days' LIMIT 5000)`,
      `DELETE FROM rate_counters WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM rate_counters WHERE counted_at < now() - interval '5 minutes' LIMIT 5000))`,
      `DELETE FROM call_buckets WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM call_buckets WHERE touched_at < now() - interval '1 day' LIMIT 5000))`,
    ];
    let removed = 0;
    for (const statement of statements) {
      removed += (await queryUnscoped(this.dataSource, statement)).affected;
    }
    return removed;
  }
}
