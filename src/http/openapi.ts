import { allRoutes, tags } from './routes.js';
import { costOf, type AnyRoute } from './route.js';
import { problem } from './schemas/common.js';
import { healthPaths } from './openapi-health.js';
import { withExamples, withWords } from './openapi-explained.js';
import { headerComponents, headersOf } from './openapi-headers.js';
import { parametersOf } from './openapi-parameters.js';
import { problemResponses } from './openapi-problems.js';
import { Components, type Json } from './openapi-schemas.js';

const info = {
  title: 'Postern',
  version: '1.0.0',
  summary: 'The exemption desk for outbound port 25.',
  description:
    'Takes, checks, decides, enforces and revokes exemptions from a cloud’s block on outbound SMTP. Errors are problem details (RFC 9457) with a code and what to do next. Statuses are decided in the order 401, 403, 429, 404, 415, 413, 400, replay of an idempotency key, 409 already final, 428, 412, 409, 422.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
} as const;

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'RS256; the issuer follows from a registered tenant.',
  },
  eventSecret: {
    type: 'apiKey',
    in: 'header',
    name: 'x-postern-event-secret',
    description: 'The shared secret of events, for senders that cannot hold a token.',
  },
} as const;

/**
 * The OpenAPI 3.1 document, built from the same route definitions that are served: schemas are the validating ones.
 * Deterministic; committed as openapi.json.
 */
export function openApiDocument(routes: readonly AnyRoute[] = allRoutes): Json {
  const components = new Components();
  const operations = routes.map((definition) => ({
    path: definition.path.replace(/:([A-Za-z]+)/g, '{$1}'),
    method: definition.method.toLowerCase(),
    operation: operationOf(definition, components),
  }));
  const responses = problemResponses(components.refTo(problem, 'output'));
  const schemas = withWords(components.sorted());
  const paths: Record<string, Json> = {};
  for (const { path, method, operation } of operations)
    paths[path] = { ...paths[path], [method]: withExamples(operation, schemas) };
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: '/', description: 'This service' }],
    security: [{ bearer: [] }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: { ...paths, ...healthPaths },
    components: { securitySchemes, headers: headerComponents, responses, schemas },
  };
}

function operationOf(definition: AnyRoute, components: Components): Json {
  const success = successOf(definition, components);
  const upserts = definition.upserts === true ? { 201: { ...success, description: 'Created.' } } : {};
  const over =
    definition.answer === null ? { 204: { description: 'The story has ended; come no more.' } } : {};
  return {
    operationId: operationIdOf(definition),
    summary: definition.summary,
    ...(definition.deprecated === undefined ? {} : { deprecated: true }),
    tags: [definition.tag],
    ...(definition.takesEventSecret === true ? { security: [{ bearer: [] }, { eventSecret: [] }] } : {}),
    'x-permission': definition.permission,
    'x-rate-limit-cost': costOf(definition),
    parameters: parametersOf(definition),
    ...bodyOf(definition, components),
    responses: { [definition.status]: success, ...upserts, ...over, ...refusalsOf(definition) },
  };
}

function successOf(definition: AnyRoute, components: Components): Json {
  const words: Readonly<Record<number, string>> = {
    201: 'Created.',
    202: 'Accepted; the rest happens in the background.',
  };
  return {
    description: words[definition.status] ?? 'Done.',
    headers: headersOf(definition),
    content: contentOf(definition, components),
  };
}

function refusalsOf({ method, refuses, idempotent }: AnyRoute): Json {
  const ofBodies = method === 'GET' ? [] : [413, 415];
  // A key that is still at work, and one that was used for another body.
  const ofKeys = idempotent === true ? [409, 422] : [];
  const statuses = new Set([400, 401, 403, ...ofBodies, ...refuses, ...ofKeys, 429, 500, 503]);
  return Object.fromEntries(
    [...statuses]
      .toSorted((a, b) => a - b)
      .map((status) => [status, { $ref: `#/components/responses/Problem${String(status)}` }]),
  );
}

function contentOf({ answer }: AnyRoute, components: Components): Json {
  if (answer === null) return { 'text/event-stream': { schema: { type: 'string' } } };
  return { 'application/json': { schema: components.refTo(answer, 'output') } };
}

function operationIdOf({ method, path }: AnyRoute): string {
  const words = path
    .replace('/v1/', '')
    .split(/[/:-]+/)
    .filter((word) => word !== '');
  return [method.toLowerCase(), ...words]
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

function bodyOf(definition: AnyRoute, components: Components): Json {
  if (definition.method === 'GET' || definition.method === 'OPTIONS') return {};
  const schema = components.refTo(definition.documentedBody ?? definition.body, 'input');
  const example = definition.example === undefined ? {} : { example: definition.example };
  const optional = definition.body.safeParse(undefined).success;
  const types = ['application/json', ...(definition.media ?? [])];
  const content = Object.fromEntries(types.map((type) => [type, { schema, ...example }]));
  return { requestBody: { required: !optional, content } };
}
