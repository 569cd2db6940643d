/** The routes outside /v1: they need no token and are documented by hand. */
const textAnswer = (description: string) => ({
  description,
  content: { 'text/plain': { schema: { type: 'string' } } },
});
const strings = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
const auditKeys = {
  type: 'object',
  required: ['origin', 'keys', 'verifierKeys'],
  properties: {
    origin: { type: 'string', description: 'The first line of checkpoints, and the name of the key.' },
    keys: {
      type: 'array',
      items: {
        type: 'object',
        required: ['kty', 'crv', 'x', 'kid', 'alg', 'use'],
        properties: strings('kty', 'crv', 'x', 'kid', 'alg', 'use'),
      },
    },
    verifierKeys: { type: 'array', items: { type: 'string' } },
  },
};
const pageHeaders = { ETag: { description: 'Of these bytes.', schema: { type: 'string' } } } as const;
const notModified = { description: '`If-None-Match` names what is served: nothing is sent.' } as const;
const open = { security: [], tags: ['Service'] } as const;

export const healthPaths = {
  '/livez': {
    get: {
      ...open,
      operationId: 'livez',
      summary: 'Whether the process lives.',
      responses: { 200: textAnswer('It does.') },
    },
  },
  '/readyz': {
    get: {
      ...open,
      operationId: 'readyz',
      summary:
        'Whether it can serve now: 503 while it drains, while the store does not answer, or while nothing can be written there. The answer may be a second old.',
      responses: { 200: textAnswer('It can.'), 503: textAnswer('Not now.') },
    },
  },
  '/openapi.json': {
    get: {
      ...open,
      operationId: 'openapi',
      summary: 'This document.',
      responses: {
        200: {
          description: 'The document.',
          headers: pageHeaders,
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        304: notModified,
      },
    },
  },
  '/docs': {
    get: {
      ...open,
      operationId: 'docs',
      summary: 'This document as a page.',
      responses: {
        200: {
          description: 'The page.',
          headers: pageHeaders,
          content: { 'text/html': { schema: { type: 'string' } } },
        },
        304: notModified,
      },
    },
  },
  '/audit-keys': {
    get: {
      ...open,
      operationId: 'auditKeys',
      summary:
        'The public keys that check checkpoints of the audit and receipts of decisions; the present one first.',
      responses: {
        200: {
          description: 'The keys as JWKs, and as verifier keys of signed notes.',
          content: { 'application/json': { schema: auditKeys } },
        },
      },
    },
  },
  '/problems/{code}': {
    get: {
      ...open,
      operationId: 'problem',
      summary: 'What a problem’s code means.',
      parameters: [
        {
          name: 'code',
          in: 'path',
          required: true,
          description: 'The code of a problem or of one of its refusals.',
          schema: { type: 'string', examples: ['not-found'] },
        },
      ],
      responses: {
        200: {
          description: 'The page, or the same as JSON where only that is accepted.',
          content: {
            'text/html': { schema: { type: 'string' } },
            'application/json': {
              schema: {
                type: 'object',
                required: ['code', 'meaning'],
                properties: { code: { type: 'string' }, meaning: { type: 'string' } },
              },
            },
          },
        },
        404: {
          description: 'No such code.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  },
} as const;
