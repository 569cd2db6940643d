import { exampleOf } from './openapi-examples.js';
import type { Json } from './openapi-schemas.js';
import { fieldWords } from './openapi-words.js';

type Schemas = Readonly<Record<string, Json>>;

/** The schemas with words at every field that has some and does not say so itself. */
export function withWords(schemas: Schemas): Schemas {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, worded(schema, name) as Json]),
  );
}

function worded(value: unknown, owner: string): unknown {
  if (Array.isArray(value)) return value.map((part) => worded(part, owner));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === 'properties' ? fieldsOf(part as Schemas, owner) : worded(part, owner),
    ]),
  );
}

function fieldsOf(fields: Schemas, owner: string): Json {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const description = field['description'] ?? fieldWords[`${owner}.${name}`] ?? fieldWords[name];
      const inner = worded(field, owner) as Json;
      return [name, description === undefined ? inner : { ...inner, description }];
    }),
  );
}

interface Answer extends Json {
  readonly content?: Readonly<Record<string, Json & { readonly schema: Json }>>;
}

/** An operation whose answers in JSON have an example each. */
export function withExamples(operation: Json, schemas: Schemas): Json {
  const responses = Object.entries(operation['responses'] as Readonly<Record<string, Answer>>);
  return {
    ...operation,
    responses: Object.fromEntries(
      responses.map(([status, answer]) => [status, exemplified(answer, schemas)]),
    ),
  };
}

function exemplified(answer: Answer, schemas: Schemas): Answer {
  const json = answer.content?.['application/json'];
  if (json === undefined) return answer;
  const example = exampleOf(json.schema, schemas);
  return { ...answer, content: { ...answer.content, 'application/json': { ...json, example } } };
}
