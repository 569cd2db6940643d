import { z } from 'zod';

export type Json = Record<string, unknown>;

/** A schema as JSON Schema 2020-12, as it is sent (`input`) or answered (`output`). */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _schema, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return io === 'output' ? (opened(json) as Json) : json;
}

/** Answers may get more fields later, and a client has to live with that: only bodies and queries are closed. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, field]) => !(key === 'additionalProperties' && field === false))
      .map(([key, field]) => [key, opened(field)]),
  );
}

/** Named schemas of the document: what zod lays under `$defs` becomes a component. */
export class Components {
  private readonly schemas = new Map<string, Json>();

  refTo(schema: z.ZodType, io: 'input' | 'output'): Json {
    const { $defs = {}, ...json } = jsonSchema(schema, io) as Json & { $defs?: Json };
    for (const [name, definition] of Object.entries($defs))
      this.schemas.set(name, relinked(definition) as Json);
    const name = z.globalRegistry.get(schema)?.id;
    if (name === undefined) return relinked(json) as Json;
    // A named schema is a reference into $defs already, or stands there by itself.
    if (json.$ref === undefined) this.schemas.set(name, relinked(json) as Json);
    return { $ref: `#/components/schemas/${name}` };
  }

  sorted(): Readonly<Record<string, Json>> {
    return Object.fromEntries([...this.schemas].toSorted(([a], [b]) => a.localeCompare(b)));
  }
}

function relinked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relinked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, field]) => !(key === 'id' && typeof field === 'string'))
      .map(([key, field]) => [
        key,
        key === '$ref' ? String(field).replace('#/$defs/', '#/components/schemas/') : relinked(field),
      ]),
  );
}
