import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { queryUnscoped } from './database-roles.js';
import { ExclusiveWork, Housekeeping } from '../../domain/ports/exclusive-work.js';

/**
 * An advisory lock of a transaction that only waits: it goes with the session, however that ends, and the server ends the
 * session of a worker that is frozen with it (`idle_in_transaction_session_timeout`, 30 s), so that others sweep on (F4).
 */
@Injectable()
export class PostgresExclusiveWork extends ExclusiveWork {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async tryRun<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      try {
        const [row] = (await runner.query('SELECT pg_try_advisory_xact_lock(hashtext($1)) AS locked', [
          name,
        ])) as { locked: boolean }[];
        return row?.locked === true ? await work() : null;
      } finally {
        await runner.commitTransaction();
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
