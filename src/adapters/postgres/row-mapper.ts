import type { EntitySchema, EntitySchemaColumnOptions } from 'typeorm';
import { snake } from './snake-naming.js';

/** Reads rows of a table as the domain's values; the columns and their transformers are the entity's own. */
export class RowMapper<T extends object> {
  private readonly columns: readonly (readonly [
    property: string,
    column: string,
    read: (value: unknown) => unknown,
  ])[];
  readonly table: string;

  constructor(schema: EntitySchema<T>) {
    this.table = schema.options.tableName ?? schema.options.name;
    this.columns = Object.entries(schema.options.columns).map(([property, options]) => {
      const { transformer } = options as EntitySchemaColumnOptions;
      const own = transformer !== undefined && !Array.isArray(transformer) ? transformer : null;
      return [
        property,
        snake(property),
        (value: unknown): unknown => (own === null ? value : own.from(value)),
      ];
    });
  }

  /** The one place where a database row becomes a value of the domain. */
  read(row: Readonly<Record<string, unknown>>): T {
    const value: Record<string, unknown> = {};
    for (const [property, column, from] of this.columns) value[property] = from(row[column]);
    return value as T;
  }
}
