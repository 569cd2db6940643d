import type { EntitySchema, EntitySchemaColumnOptions } from 'typeorm';
import { snake } from './snake-naming.js';

interface MappedColumn {
  readonly property: string;
  readonly column: string;
  readonly read: (value: unknown) => unknown;
}

const mappers = new WeakMap<object, RowMapper<object>>();

/** Rows of a table as the domain's values, and back; the columns and their transformers are the entity's own. */
export class RowMapper<T extends object> {
  private readonly mapped: readonly MappedColumn[];
  private readonly queries = new Map<string, string>();
  readonly table: string;
  /** The names of all columns, quoted, as an INSERT or a SELECT lists them. */
  readonly columns: string;

  constructor(schema: EntitySchema<T>) {
    this.table = schema.options.tableName ?? schema.options.name;
    this.mapped = Object.entries(schema.options.columns).map(([property, options]) => {
      const { transformer } = options as EntitySchemaColumnOptions;
      const own = transformer !== undefined && !Array.isArray(transformer) ? transformer : null;
      const read = (value: unknown): unknown => (own === null ? value : own.from(value));
      return { property, column: snake(property), read };
    });
    this.columns = this.mapped.map(({ column }) => `"${column}"`).join(', ');
  }

  /** The mapper of a schema, made once. */
  static of<T extends object>(schema: EntitySchema<T>): RowMapper<T> {
    const known = mappers.get(schema) ?? new RowMapper(schema);
    mappers.set(schema, known);
    return known as RowMapper<T>;
  }

  /**
   * A query with its first star spelled out as this table's columns: a statement that is prepared outlives a migration
   * that adds a column (F20).
   */
  spelled(sql: string): string {
    const known = this.queries.get(sql);
    if (known !== undefined) return known;
    const spelt = sql.replace(/(\b\w+\.)?\*/, (_star, alias = '') =>
      this.mapped.map(({ column }) => `${String(alias)}"${column}"`).join(', '),
    );
    this.queries.set(sql, spelt);
    return spelt;
  }

  /** The one place where a database row becomes a value of the domain. */
  read(row: Readonly<Record<string, unknown>>): T {
    const value: Record<string, unknown> = {};
    for (const { property, column, read } of this.mapped) value[property] = read(row[column]);
    return value as T;
  }

  /** Values as the JSON that the database makes rows of (`rowsFrom`); what is left out is null. */
  json(values: readonly T[]): string {
    return JSON.stringify(values.map((value) => this.row(value as Readonly<Record<string, unknown>>)));
  }

  /** The rows of a parameter that holds such JSON, as a SELECT of all columns. */
  rowsFrom(parameter: string): string {
    return `SELECT ${this.columns} FROM jsonb_populate_recordset(NULL::${this.table}, ${parameter}::jsonb)`;
  }

  /** What an upsert does with a row that is there: all columns but the key's are replaced. */
  replacing(key: readonly (keyof T & string)[]): string {
    const changing = this.mapped.filter(({ property }) => !key.some((part) => part === property));
    const target = this.mapped.filter(({ property }) => key.some((part) => part === property));
    const names = (columns: readonly MappedColumn[], prefix = '') =>
      columns.map(({ column }) => `${prefix}"${column}"`).join(', ');
    return `ON CONFLICT (${names(target)}) DO UPDATE SET (${names(changing)}) = ROW (${names(changing, 'excluded.')})`;
  }

  private row(value: Readonly<Record<string, unknown>>): object {
    const row: Record<string, unknown> = {};
    for (const { property, column } of this.mapped) {
      const field = value[property];
      row[column] = field instanceof Uint8Array ? `\\x${Buffer.from(field).toString('hex')}` : field;
    }
    return row;
  }
}
