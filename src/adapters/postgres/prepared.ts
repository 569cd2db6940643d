import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { DataSource } from 'typeorm';

type Row = Readonly<Record<string, unknown>>;

const names = new Map<string, string>();

/** Statements are few: they are written in the program. Shapes that are put together are bounded by what they are put of. */
function nameOf(sql: string): string {
  const known = names.get(sql) ?? createHash('sha256').update(sql).digest('base64url').slice(0, 32);
  names.set(sql, known);
  return known;
}

/**
 * Runs a statement that is run again and again: parsed once a connection, and planned a few times. For what is looked up
 * by a key only: a plan that suits every filter of a list suits none.
 */
export async function runPrepared(
  connection: Pick<pg.ClientBase, 'query'>,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly Row[]> {
  return (await connection.query({ name: nameOf(sql), text: sql, values: [...parameters] })).rows as Row[];
}

/** The same as a transaction of its own. */
export async function runPreparedAlone(
  dataSource: DataSource,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly Row[]> {
  const runner = dataSource.createQueryRunner();
  try {
    return await runPrepared((await runner.connect()) as pg.ClientBase, sql, parameters);
  } finally {
    await runner.release();
  }
}
