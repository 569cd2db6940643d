import type { Json } from './openapi-schemas.js';
import { isList, type AnyRoute } from './route.js';

/** The headers of answers, as components of the document. */
export const headerComponents = {
  ETag: {
    description: 'The aggregate’s version. It moves with transitions only.',
    schema: { type: 'string', examples: ['"3"'] },
  },
  TraceParent: {
    description: 'W3C trace context; its trace id is the problem’s traceId.',
    schema: { type: 'string', examples: ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'] },
  },
  Location: {
    description: 'The path of what was made.',
    schema: { type: 'string', examples: ['/v1/exemption-requests/0c000000-0000-4000-8000-000000000002'] },
  },
  RateLimit: {
    description:
      'What is left (r, points) of each quota, and in how many seconds (t) it is whole again; as in draft-ietf-httpapi-ratelimit-headers.',
    schema: { type: 'string', examples: ['"tenant";r=239995;t=42, "principal";r=59995;t=42'] },
  },
  RateLimitPolicy: {
    description:
      'The quotas: points (q) a window of seconds (w). What a call costs is its x-rate-limit-cost.',
    schema: { type: 'string', examples: ['"tenant";q=240000;w=60, "principal";q=60000;w=60'] },
  },
  Link: {
    description: 'rel="next" where the list goes on.',
    schema: { type: 'string', examples: ['</v1/subscriptions?limit=50&cursor=…>; rel="next"'] },
  },
  IdempotentReplayed: {
    description: 'true where the answer was given before, to the same key.',
    schema: { type: 'string', const: 'true' },
  },
} as const;

const text = (description: string, example: string) => ({
  description,
  schema: { type: 'string', examples: [example] },
});
const whenDeprecated = {
  Deprecation: text('Since when this is deprecated (RFC 9745).', '@1767225600'),
  Sunset: text('When this will be gone (RFC 8594).', 'Fri, 31 Dec 2027 00:00:00 GMT'),
  Link: text(
    'rel="deprecation" and rel="successor-version": what to call instead; rel="next" where a list goes on.',
    '</docs>; rel="deprecation", </v2/things>; rel="successor-version"',
  ),
} as const;

const component = (name: keyof typeof headerComponents) => ({ $ref: `#/components/headers/${name}` });

/** On every answer to somebody who was identified. */
export const rateLimitHeaders = {
  RateLimit: component('RateLimit'),
  'RateLimit-Policy': component('RateLimitPolicy'),
} as const;

/** The headers of a route's success. */
export function headersOf({ etag, located, query, idempotent, deprecated }: AnyRoute): Json {
  return {
    traceparent: component('TraceParent'),
    ...rateLimitHeaders,
    ...(etag === true ? { ETag: component('ETag') } : {}),
    ...(located === true ? { Location: component('Location') } : {}),
    ...(isList(query) ? { Link: component('Link') } : {}),
    ...(idempotent === true ? { 'Idempotent-Replayed': component('IdempotentReplayed') } : {}),
    ...(deprecated === undefined ? {} : whenDeprecated),
  };
}
