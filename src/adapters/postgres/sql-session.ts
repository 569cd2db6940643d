import type pg from 'pg';
import type { EntityManager, EntitySchema } from 'typeorm';
import { runPrepared } from './prepared.js';
import { RowMapper } from './row-mapper.js';

type Row = Readonly<Record<string, unknown>>;

/** A statement of `sendOnlyIfOne` that did not change its one row fails with this: a division by zero. */
const changedNone = '22012';

/** So many statements are on their way unanswered at most where a transaction writes hundreds of rows: each takes memory. */
const mostAhead = 64;

/** What stores work with: statements inside the one transaction that there is. */
export class SqlSession {
  private readonly sent: Promise<unknown>[] = [];

  constructor(
    readonly manager: EntityManager,
    private readonly connection: Pick<pg.ClientBase, 'query'>,
  ) {}

  /**
   * Sends a statement whose result nobody waits for: what comes after it on the connection is carried out after it, or
   * fails with it. `settled` says how it went, and has to be asked before the transaction counts as committed.
   */
  send(statement: Promise<unknown>): void {
    statement.catch(() => undefined); // told by `settled`
    this.sent.push(statement);
  }

  /** Resolves when all that was sent was carried out; rejects with what the first that failed says. */
  async settled(): Promise<void> {
    await Promise.all(this.sent);
  }

  /** Resolves at once while few statements are unanswered, else when they are; rejects as `settled` does. */
  async keptUp(): Promise<void> {
    if (this.sent.length < mostAhead) return;
    await this.settled();
    this.sent.length = 0;
  }

  /**
   * Sends a statement that has to change one row, and fails in the database where it changes none, so that nothing after
   * it is committed: `settled` rejects with what `otherwise` gives.
   */
  sendOnlyIfOne(change: string, parameters: readonly unknown[], otherwise: () => Error): void {
    const statement = this.prepared(
      `WITH changed AS (${change} RETURNING 1) SELECT 1 / count(*) FROM changed`,
      parameters,
    );
    this.send(
      statement.catch((error: unknown) => {
        throw (Object(error) as { readonly code?: unknown }).code === changedNone ? otherwise() : error;
      }),
    );
  }

  /** A statement that is run again and again, and looks up by a key (see `runPrepared`). */
  prepared(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return runPrepared(this.connection, sql, parameters);
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

  /** Inserts, or replaces what has the same primary key (and what `onlyIf` says); sent, not awaited. */
  upsert<T extends object>(
    schema: EntitySchema<T>,
    values: readonly T[],
    primaryKey: readonly (keyof T & string)[],
    onlyIf = '',
  ): Promise<void> {
    this.send(this.insertRows(schema, values, `${RowMapper.of(schema).replacing(primaryKey)} ${onlyIf}`));
    return Promise.resolve();
  }

  /** Inserts; sent, not awaited. */
  insert<T extends object>(schema: EntitySchema<T>, values: readonly T[]): Promise<void> {
    this.send(this.insertRows(schema, values, ''));
    return Promise.resolve();
  }

  /** Inserts what is not there yet; how many rows that were. */
  async insertNew<T extends object>(schema: EntitySchema<T>, values: readonly T[]): Promise<number> {
    return (await this.insertRows(schema, values, 'ON CONFLICT DO NOTHING RETURNING 1 AS done')).length;
  }

  /** Replaces the row of this id where it has the version before; sent, not awaited: `otherwise` where it moved on. */
  replace<T extends { readonly id: string; readonly version: number }>(
    schema: EntitySchema<T>,
    value: T,
    otherwise: () => Error,
  ): void {
    const mapper = RowMapper.of(schema);
    this.sendOnlyIfOne(
      `UPDATE ${mapper.table} SET (${mapper.columns}) = (${mapper.rowsFrom('$1')}) WHERE id = $2 AND version = $3`,
      [mapper.json([value]), value.id, value.version - 1],
      otherwise,
    );
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
