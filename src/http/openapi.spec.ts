import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from './openapi.js';
import { meaningOf } from './problems/catalogue.js';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Answer {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Answer>>;
}

const document = openApiDocument() as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Answer>>; readonly schemas: object };
};
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi', ...document });

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ where: `${method} ${path}`, operation })),
);

/** The schema with its references into the document. */
function within(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object;
}

function misfits(where: string, { schema, example, examples }: Media): readonly string[] {
  const all = [
    ...(example === undefined ? [] : [example]),
    ...Object.values(examples ?? {}).map(({ value }) => value),
  ];
  const validate = ajv.compile(within(schema));
  return all.filter((one) => !validate(one)).map(() => `${where}: ${ajv.errorsText(validate.errors)}`);
}

describe('the document', () => {
  it('names every operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('says of every parameter what it is', () => {
    const silent = operations.flatMap(({ where, operation }) =>
      (operation.parameters ?? [])
        .filter(({ description }) => description === undefined)
        .map(({ name }) => `${where} ${name}`),
    );
    expect(silent).toEqual([]);
  });

  it('shows an example of every body that is needed, and of every answer in JSON', () => {
    const bare = operations.flatMap(({ where, operation: { requestBody, responses } }) => [
      ...(requestBody?.required === true && requestBody.content['application/json']?.example === undefined
        ? [`${where} body`]
        : []),
      ...Object.entries(responses)
        .filter(([, { content }]) => content?.['application/json'] !== undefined && where.includes('/v1/'))
        .filter(([, { content }]) => content?.['application/json']?.example === undefined)
        .map(([status]) => `${where} ${status}`),
    ]);
    expect(bare).toEqual([]);
  });

  it('shows examples that fit their schemas', () => {
    const found = operations.flatMap(({ where, operation: { requestBody, responses } }) => [
      ...Object.values(requestBody?.content ?? {}).flatMap((media) => misfits(`${where} body`, media)),
      ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.values(content).flatMap((media) => misfits(`${where} ${status}`, media)),
      ),
    ]);
    const problems = Object.entries(document.components.responses).flatMap(([name, { content = {} }]) =>
      Object.values(content).flatMap((media) => misfits(name, media)),
    );
    expect([...found, ...problems]).toEqual([]);
  });

  it('names no code of a problem that has no page', () => {
    const codes = Object.values(document.components.responses).flatMap(({ content = {} }) =>
      Object.keys(content['application/problem+json']?.examples ?? {}),
    );
    expect(codes.length).toBeGreaterThan(25);
    expect(codes.filter((code) => meaningOf(code) === null)).toEqual([]);
  });

  it('tells of 429 and of the rate limits wherever somebody is identified', () => {
    const silent = operations
      .filter(({ where }) => where.includes(' /v1/'))
      .filter(
        ({ operation }) =>
          operation.responses['429'] === undefined ||
          !JSON.stringify(operation.responses).includes('/headers/RateLimit"'),
      );
    expect(silent.map(({ where }) => where)).toEqual([]);
  });
});
