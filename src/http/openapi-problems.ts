import { meaningOf } from './problems/catalogue.js';
import { rateLimitHeaders } from './openapi-headers.js';
import type { Json } from './openapi-schemas.js';

/** One problem of each status, as it may look. */
const problems: Readonly<Record<number, readonly [code: string, title: string, detail: string]>> = {
  400: [
    'invalid-body',
    'The request is malformed',
    '/justification: Say in at least 40 characters why this deployment must deliver directly instead of through an authenticated relay. Mend this and send it again.',
  ],
  401: ['token-expired', 'Who are you?', 'This token has expired. Get a new one and try again.'],
  403: [
    'role-missing',
    'You may not do this',
    'None of your roles may do this. Ask for the role that has it, or let somebody do it who has.',
  ],
  404: [
    'not-found',
    'Nothing here',
    'There is nothing here that you may see. Check the id, and that you call with the tenant it belongs to.',
  ],
  409: [
    'live-request-exists',
    'The state of things stands in the way',
    'There is an open request for this subscription already. Follow that request, or withdraw it before filing another.',
  ],
  412: [
    'stale-version',
    'It was changed since you read it',
    'This was changed since you read it. Read it again, and decide on what it says now with its new ETag in If-Match.',
  ],
  413: ['body-too-large', 'Too large', 'The body may have 256 kB. Shorten it and send it again.'],
  415: ['unsupported-media-type', 'Unsupported media type', 'Send the body as application/json.'],
  422: [
    'offer-never-eligible',
    'Policy refuses',
    'This offer is never exempted. Send through an authenticated relay on port 587.',
  ],
  428: [
    'if-match-required',
    'Say which version you decide on',
    'A decision has to name the version it was made on. Read the resource and send its ETag in If-Match.',
  ],
  429: [
    'rate-limited',
    'Too many requests',
    'You have used the 60000 points of this minute. Wait 17 seconds, and ask less often: RateLimit says what is left.',
  ],
  500: [
    'internal',
    'Something went wrong here',
    'This is a fault of ours, and was recorded. Try again; if it stays, tell support the traceId.',
  ],
  503: [
    'unavailable',
    'Not available right now',
    'The store does not answer right now; nothing was changed. Try again in a moment, with the same Idempotency-Key.',
  ],
};

const headersOf: Readonly<Record<number, Json>> = {
  401: { 'WWW-Authenticate': { description: 'How to authenticate.', schema: { type: 'string' } } },
  429: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'string' } } },
  503: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'string' } } },
};

/** Other codes that a status comes with; their words are those of their pages. */
const otherCodes: Readonly<Record<number, readonly string[]>> = {
  400: [
    'malformed-json',
    'body-too-complex',
    'invalid-query',
    'invalid-path',
    'cursor-invalid',
    'idempotency-key-invalid',
  ],
  401: ['token-missing', 'token-invalid'],
  403: ['second-approval-needs-approver', 'second-reviewer-must-differ', 'reinstater-must-differ'],
  409: ['not-possible-now', 'already-approved', 'claimed', 'idempotency-key-in-use'],
  422: ['relay-sufficient', 'reason-not-usable', 'reason-contradicted', 'idempotency-key-reused'],
  429: ['too-many-filings', 'too-many-refused-sign-ins', 'too-many-streams'],
  503: ['keys-unavailable', 'streams-exhausted'],
};

/** The problem documents of all statuses, as components. */
export function problemResponses(schema: Json): Json {
  return Object.fromEntries(
    Object.entries(problems).map(([key, [code, title, detail]]) => {
      const status = Number(key);
      const others = (otherCodes[status] ?? []).map((other): [string, string] => [
        other,
        meaningOf(other) ?? '',
      ]);
      const examples = Object.fromEntries(
        [[code, detail] as const, ...others].map(([name, words]) => [
          name,
          { value: exampleOf(status, name, title, words) },
        ]),
      );
      const headers = {
        traceparent: { $ref: '#/components/headers/TraceParent' },
        ...(status === 401 ? {} : rateLimitHeaders),
        ...headersOf[status],
      };
      const content = { 'application/problem+json': { schema, examples } };
      return [
        `Problem${key}`,
        { description: `${title}: a problem with a code and what to do next.`, headers, content },
      ];
    }),
  );
}

function exampleOf(status: number, code: string, title: string, detail: string): Json {
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail,
    instance: '/v1/exemption-requests',
    code,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  };
}
