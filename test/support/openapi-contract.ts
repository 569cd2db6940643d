import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { meaningOf } from '../../src/http/problems/catalogue.js';

interface Operation {
  readonly responses: Readonly<Record<string, Json>>;
}
type Json = Readonly<Record<string, unknown>>;

interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const file = path.resolve(import.meta.dirname, '..', '..', 'openapi.json');
const document = closed(JSON.parse(readFileSync(file, 'utf8'))) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi', ...document });
const validators = new Map<string, ValidateFunction>();

/** Clients have to live with new fields; our own tests do not: a field that is answered and not documented fails. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, field]): [string, unknown] => [key, closed(field)]);
  const isClosable =
    'type' in value && value.type === 'object' && 'properties' in value && !('additionalProperties' in value);
  return Object.fromEntries(isClosable ? [...entries, ['additionalProperties', false]] : entries);
}

const templates = Object.keys(document.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{[^{}]+\}/g, '[^/]+')}/?$`),
  parts: template.split('{').length,
}));

function templateOf(pathname: string): string | undefined {
  const fitting = templates.filter(({ pattern }) => pattern.test(pathname));
  return fitting.toSorted((a, b) => a.parts - b.parts)[0]?.template;
}

function resolved(value: Json): Json {
  const { $ref } = value;
  if (typeof $ref !== 'string') return value;
  return $ref
    .split('/')
    .slice(1)
    .reduce<Json>((part, key) => part[key] as Json, document);
}

function pointerOf(parts: readonly string[]): string {
  return parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
}

/** Throws where an answer is not as openapi.json says: undocumented route, status or media type, or another shape. */
export function documentedAnswer(method: string, requestPath: string, { status, headers, body }: Seen): void {
  const { pathname } = new URL(requestPath, 'http://localhost');
  const where = `${method} ${pathname} answered ${status}`;
  const template = templateOf(pathname);
  const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
  mustBeExplained(where, body);
  // What is not there, or not yet, is 404 and a problem like any other.
  if (template === undefined || operation === undefined) {
    if (status !== 404) throw new Error(`${where}, and openapi.json has no such route`);
    mustFit(where, ['components', 'schemas', 'Problem'], body);
    return;
  }
  const response = operation.responses[String(status)];
  if (response === undefined || status === 500) throw new Error(`${where}, which is not documented`);
  const { content } = resolved(response) as { readonly content?: Readonly<Record<string, Json>> };
  if (content === undefined) return;
  const mediaType = headers.get('content-type')?.split(';')[0] ?? '';
  if (content[mediaType] === undefined) throw new Error(`${where} as ${mediaType}, which is not documented`);
  const base =
    typeof response['$ref'] === 'string'
      ? response['$ref'].split('/').slice(1)
      : ['paths', template, method.toLowerCase(), 'responses', String(status)];
  if (mediaType.endsWith('json')) mustFit(where, [...base, 'content', mediaType, 'schema'], body);
}

/** Every code that anybody is told has a page that explains it. */
function mustBeExplained(where: string, body: unknown): void {
  const { type, code, refusals = [] } = (body ?? {}) as Partial<Told>;
  if (code === undefined || type !== `/problems/${code}`) return;
  for (const told of [code, ...refusals.map((refusal) => refusal.code)])
    if (meaningOf(told) === null) throw new Error(`${where} with the code ${told}, which has no page`);
}

interface Told {
  readonly type: string;
  readonly code: string;
  readonly refusals: readonly { readonly code: string }[];
}

function mustFit(where: string, parts: readonly string[], body: unknown): void {
  const ref = `openapi#/${pointerOf(parts)}`;
  const validate = validators.get(ref) ?? ajv.compile({ $ref: ref });
  validators.set(ref, validate);
  if (validate(body)) return;
  throw new Error(`${where}, not as documented: ${ajv.errorsText(validate.errors, { separator: '; ' })}`);
}
