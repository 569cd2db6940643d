import type { DataSource, QueryResult } from 'typeorm';
import type { Actor } from '../../domain/access/actor.js';
import { translated } from './database-errors.js';

/**
 * The roles that the application's login takes on, each inside a transaction: customers and partners see the rows of
 * their tenant, staff and workers see all of them, and may do what is theirs to do (docs/schema.sql, policies).
 */
export type DatabaseRole = 'postern_api' | 'postern_reviewer' | 'postern_worker';

export function databaseRoleOf(actor: Actor): DatabaseRole {
  if (actor.kind !== 'caller') return 'postern_worker';
  return actor.tenantKind === 'platform' ? 'postern_reviewer' : 'postern_api';
}

type Row = Readonly<Record<string, unknown>>;

/**
 * One statement of the product's own, past the tenants: for what belongs to all of them (checks that compare tenants,
 * housekeeping, which timelines grew). Its caller answers for who is told the result.
 */
export async function queryUnscoped(
  dataSource: DataSource,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<{ readonly rows: readonly Row[]; readonly affected: number }> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('BEGIN; SET LOCAL ROLE postern_worker');
    const answer = (await runner.query(sql, [...parameters], true)) as QueryResult<Row>;
    await runner.query('SELECT 1; COMMIT');
    return { rows: answer.records, affected: answer.affected ?? 0 };
  } catch (error) {
    await runner.query('ROLLBACK').catch(() => undefined);
    throw translated(error);
  } finally {
    await runner.release();
  }
}
