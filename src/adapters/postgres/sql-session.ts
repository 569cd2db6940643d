import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { EntityManager, EntitySchema } from 'typeorm';
import { RowMapper } from './row-mapper.js';

type Row = Readonly<Record<string, unknown>>;

const names = new Map<string, string>();

/** Statements are few: they are written in the program. Shapes that are put together are bounded by what they are put of. */
function nameOf(sql: string): string {
  const known = names.get(sql) ?? createHash('sha256').update(sql).digest('base64url').slice(0, 32);
  names.set(sql, known);
  return known;
}

/** What stores work with: statements inside the one transaction that there is. */
export class SqlSession {
  constructor(
    readonly manager: EntityManager,
    private readonly connection: Pick<pg.ClientBase, 'query'>,
  ) {}

  /**
   * A statement that is run again and again: parsed once a connection, and planned a few times. For what is looked up by
   * a key only: a plan that suits every filter of a list suits none.
   */
  async prepared(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.connection.query({ name: nameOf(sql), text: sql, values: [...parameters] }))
      .rows as Row[];
  }

  async rows(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.manager.query(sql, [...parameters]);
  }

  async all<T extends object>(
    mapper: RowMapper<T>,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly T[]> {
    return (await this.rows(sql, parameters)).map((row) => mapper.read(row));
  }

  /** One row by its key, by a prepared statement. */
  async one<T extends object>(
    mapper: RowMapper<T>,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<T | null> {
    const [row] = await this.prepared(mapper.spelled(sql), parameters);
    return row === undefined ? null : mapper.read(row);
  }

  /** A statement that changes rows: how many it changed. */
  async change(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    const [, affected] = await this.manager.query<[unknown, number]>(sql, [...parameters]);
    return affected;
  }

  /** Inserts, or replaces what has the same primary key. */
  async upsert<T extends object>(
    schema: EntitySchema<T>,
    values: readonly T[],
    primaryKey: readonly (keyof T & string)[],
  ): Promise<void> {
    await this.insertRows(schema, values, RowMapper.of(schema).replacing(primaryKey));
  }

  async insert<T extends object>(schema: EntitySchema<T>, values: readonly T[]): Promise<void> {
    await this.insertRows(schema, values, '');
  }

  /** Inserts what is not there yet; how many rows that were. */
  async insertNew<T extends object>(schema: EntitySchema<T>, values: readonly T[]): Promise<number> {
    return (await this.insertRows(schema, values, 'ON CONFLICT DO NOTHING RETURNING 1 AS done')).length;
  }

  /** Replaces the row of this id where it has the version before; false where it moved on, or was never there. */
  async replace<T extends { readonly id: string; readonly version: number }>(
    schema: EntitySchema<T>,
    value: T,
  ): Promise<boolean> {
    const mapper = RowMapper.of(schema);
    const changed = await this.prepared(
      `UPDATE ${mapper.table} SET (${mapper.columns}) = (${mapper.rowsFrom('$1')}) WHERE id = $2 AND version = $3 RETURNING 1 AS done`,
      [mapper.json([value]), value.id, value.version - 1],
    );
    return changed.length === 1;
  }

  private async insertRows<T extends object>(
    schema: EntitySchema<T>,
    values: readonly T[],
    then: string,
  ): Promise<readonly unknown[]> {
    if (values.length === 0) return [];
    const mapper = RowMapper.of(schema);
    const sql = `INSERT INTO ${mapper.table} (${mapper.columns}) ${mapper.rowsFrom('$1')} ${then}`;
    return this.prepared(sql, [mapper.json(values)]);
  }
}
