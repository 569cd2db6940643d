import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { queryUnscoped } from './database-roles.js';
import { ExclusiveWork, Housekeeping, type Purged } from '../../domain/ports/exclusive-work.js';

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

/** Rows of a table that one statement removes: it holds its locks for some tens of milliseconds. */
const atOnce = 5_000;

/** What is kept for a time only, and which of it is old. */
const kept: readonly { readonly table: string; readonly old: string }[] = [
  { table: 'idempotency_keys', old: `created_at < now() - interval '24 hours'` },
  { table: 'effects', old: `state = 'done' AND ended_at < now() - interval '7 days'` },
  { table: 'rate_counters', old: `counted_at < now() - interval '5 minutes'` },
  { table: 'mail_counts', old: `day < current_date - 1` },
  // Their digest was given up, or their contact was erased.
  { table: 'held_mails', old: `held_at < now() - interval '7 days'` },
  { table: 'call_buckets', old: `touched_at < now() - interval '1 day'` },
];

@Injectable()
export class PostgresHousekeeping extends Housekeeping {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async purge(): Promise<Purged> {
    let [removed, isMore] = [0, false];
    for (const { table, old } of kept) {
      const { affected } = await queryUnscoped(
        this.dataSource,
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${old} LIMIT ${String(atOnce)}))`,
      );
      removed += affected;
      isMore ||= affected >= atOnce;
    }
    return { removed, isMore };
  }
}
