import type { EntityManager, EntitySchema } from 'typeorm';
import { RowMapper } from './row-mapper.js';

/** What stores work with: statements inside the one transaction that there is. */
export class SqlSession {
  constructor(readonly manager: EntityManager) {}

  async rows(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.manager.query(sql, [...parameters]);
  }

  async all<T extends object>(
    mapper: RowMapper<T>,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly T[]> {
    return (await this.rows(sql, parameters)).map((row) => mapper.read(row));
  }

  async one<T extends object>(
    mapper: RowMapper<T>,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<T | null> {
    const [row] = await this.rows(sql, parameters);
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
    if (values.length === 0) return;
    await this.manager
      .createQueryBuilder()
      .insert()
      .into(schema)
      .values(values as never)
      .orUpdate(changing(schema, primaryKey), [...primaryKey].map(columnOf))
      .updateEntity(false)
      .execute();
  }

  async insert<T extends object>(schema: EntitySchema<T>, values: readonly T[]): Promise<void> {
    if (values.length === 0) return;
    await this.manager
      .createQueryBuilder()
      .insert()
      .into(schema)
      .values(values as never)
      .updateEntity(false)
      .execute();
  }

  /** Inserts what is not there yet; how many rows that were. */
  async insertNew<T extends object>(schema: EntitySchema<T>, values: readonly T[]): Promise<number> {
    if (values.length === 0) return 0;
    const result = await this.manager
      .createQueryBuilder()
      .insert()
      .into(schema)
      .values(values as never)
      .orIgnore()
      .returning('1 AS done')
      .updateEntity(false)
      .execute();
    return (result.raw as unknown[]).length;
  }
}

function columnOf(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function changing<T extends object>(schema: EntitySchema<T>, primaryKey: readonly string[]): string[] {
  return Object.keys(schema.options.columns)
    .filter((property) => !primaryKey.includes(property))
    .map(columnOf);
}
