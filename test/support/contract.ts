import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface Operation {
  readonly responses: Readonly<
    Record<
      string,
      { readonly $ref?: string; readonly content?: Readonly<Record<string, { readonly schema: object }>> }
    >
  >;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: Record<string, Operation['responses'][string]>;
    readonly schemas: object;
  };
}

const document = JSON.parse(readFileSync(path.resolve(__dirname, '../../openapi.json'), 'utf8')) as Document;
const ajv = new Ajv2020({ strict: false, allErrors: true });
// A CommonJS module whose default export lies one deeper under some loaders.
('default' in formats ? formats.default : formats)(ajv);
ajv.addSchema({ $id: 'openapi', components: document.components });
const compiled = new Map<string, ValidateFunction>();
const patterns = Object.keys(document.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));

/** What an answer breaks of the contract in openapi.json: its status, its content type, its body. Empty when nothing. */
export function breaches(
  method: string,
  url: string,
  status: number,
  contentType: string,
  body: unknown,
): readonly string[] {
  const route = url.split('?')[0] ?? '';
  const template =
    patterns.find(({ template: plain }) => plain === route) ??
    patterns.find(({ pattern }) => pattern.test(route));
  const operation =
    template === undefined ? undefined : document.paths[template.template]?.[method.toLowerCase()];
  if (operation === undefined) return status === 404 ? [] : [`${method} ${route} is not in openapi.json`];
  const found = operation.responses[String(status)];
  if (found === undefined)
    return [`${method} ${route} answered ${String(status)}, which openapi.json does not know`];
  const response =
    found.$ref === undefined ? found : document.components.responses[found.$ref.split('/').at(-1) ?? ''];
  const type = contentType.split(';')[0] ?? '';
  const schema = response?.content?.[type]?.schema;
  if (schema === undefined)
    return [`${method} ${route} answered ${type}, which openapi.json does not know for ${String(status)}`];
  if (type !== 'application/json' && type !== 'application/problem+json') return [];
  const key = JSON.stringify(schema);
  const linked = JSON.parse(key.replaceAll('"#/components', '"openapi#/components')) as object;
  const validate = compiled.get(key) ?? ajv.compile(linked);
  compiled.set(key, validate);
  if (validate(body)) return [];
  return (validate.errors ?? []).map(
    (error) => `${method} ${route} ${String(status)}: ${error.instancePath} ${error.message ?? ''}`,
  );
}
