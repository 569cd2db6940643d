import type { EntitySchemaColumnOptions } from 'typeorm';

/** Columns as tables here spell them. Instants are ISO 8601 strings in the domain and `timestamptz` in the database. */
const instantTransformer = {
  to: (value: string | null) => value,
  from: (value: Date | null) => (value === null ? null : value.toISOString()),
};
const numberTransformer = {
  to: (value: number | null) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

export const uuid = (more: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
  type: 'uuid',
  ...more,
});
export const text = (more: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
  type: 'text',
  ...more,
});
export const integer = (more: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
  type: 'integer',
  ...more,
});
export const bigint = (more: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
  type: 'bigint',
  transformer: numberTransformer,
  ...more,
});
/** Bytes as they are; null where they were erased. */
export const bytes = (more: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
  type: 'bytea',
  ...more,
});
export const truth = (): EntitySchemaColumnOptions => ({ type: 'boolean' });
export const json = (more: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
  type: 'jsonb',
  ...more,
});
export const instant = (more: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
  type: 'timestamptz',
  transformer: instantTransformer,
  ...more,
});

export const orNull = { nullable: true } as const;
export const key = { primary: true } as const;
