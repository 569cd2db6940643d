import {
  AnswerReplayed,
  ClockAstray,
  StoreUnavailable,
  type StoredAnswer,
} from '../../domain/ports/unit-of-work.js';
import { RefusedError, type RefusalKind } from '../../domain/refusals.js';
import { KeysUnavailable } from '../access/tenant-keys.js';
import { InvalidInput, type FieldError } from './invalid-input.js';
import { Overload } from './overload.js';
import { Unauthorized } from './unauthorized.js';

/** RFC 9457 problem details, as every error here is answered. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly traceId: string;
  readonly errors?: readonly FieldError[];
  readonly refusals?: readonly object[];
}

const statusOfKind: Readonly<Record<RefusalKind, number>> = {
  policy: 422,
  conflict: 409,
  final: 409,
  forbidden: 403,
  'not-found': 404,
  stale: 412,
  'precondition-required': 428,
  invalid: 400,
  'too-many': 429,
};

const titles: Readonly<Record<number, string>> = {
  400: 'The request is malformed',
  401: 'Who are you?',
  403: 'You may not do this',
  404: 'Nothing here',
  408: 'The request took too long to come',
  409: 'The state of things stands in the way',
  412: 'It was changed since you read it',
  413: 'Too large',
  415: 'Unsupported media type',
  417: 'The expectation cannot be met',
  422: 'Policy refuses',
  428: 'Say which version you decide on',
  429: 'Too many requests',
  500: 'Something went wrong here',
  503: 'Not available right now',
};

interface Parts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldError[];
  readonly refusals?: readonly object[];
}

/**
 * Any failure as the answer that is sent for it. What is unknown is 500, and says nothing of itself. `within` is where the
 * part that failed stands in the body: pointers begin there.
 */
export function answerOf(error: unknown, instance: string, traceId: string, within = ''): StoredAnswer {
  if (error instanceof AnswerReplayed) {
    return { ...error.answer, headers: { ...error.answer.headers, 'idempotent-replayed': 'true' } };
  }
  const { status, code, detail, headers = {}, errors, refusals } = partsOf(error);
  const body: Problem = {
    type: `/problems/${code}`,
    title: titles[status] ?? 'Error',
    status,
    detail,
    instance,
    code,
    traceId,
    ...(errors === undefined
      ? {}
      : { errors: errors.map((field) => ({ ...field, pointer: `${within}${field.pointer}` })) }),
    ...(refusals === undefined ? {} : { refusals }),
  };
  return { status, headers: { ...headers, 'content-type': 'application/problem+json; charset=utf-8' }, body };
}

/** A refusal's answer for keeping under its idempotency key; null for those that are not kept. */
export function renderRefusal(error: unknown, instance: string, traceId: string): StoredAnswer | null {
  if (!(error instanceof RefusedError)) return null;
  const kept: readonly RefusalKind[] = ['policy', 'conflict', 'final', 'not-found', 'stale'];
  return kept.includes(error.kind) ? answerOf(error, instance, traceId) : null;
}

const sendAgain = 'Correct this, and send it again.';
const wholeOf = { path: 'The path', query: 'The query', body: 'The body', header: 'A header' } as const;

function partsOf(error: unknown): Parts {
  if (error instanceof RefusedError) return refusedParts(error);
  if (error instanceof InvalidInput) {
    const said = error.fields.map(
      ({ pointer, message }) => `${pointer === '' ? wholeOf[error.where] : pointer}: ${message}`,
    );
    return {
      status: 400,
      code: error.code,
      detail: `${said.join(' ').slice(0, 2_000)} ${sendAgain}`,
      errors: error.fields,
    };
  }
  if (error instanceof Unauthorized) {
    return {
      status: 401,
      code: error.code,
      detail: error.message,
      headers: { 'www-authenticate': error.challenge },
    };
  }
  if (error instanceof Overload) {
    const { status, code, message: detail, retryAfterSeconds } = error;
    return { status, code, detail, headers: { 'retry-after': String(retryAfterSeconds) } };
  }
  if (error instanceof KeysUnavailable) {
    const detail =
      'The keys of your tenant cannot be fetched right now, so nobody can say whether your token holds. Try again in a moment.';
    return { status: 503, code: 'keys-unavailable', detail, headers: { 'retry-after': '2' } };
  }
  if (error instanceof StoreUnavailable) return unavailableParts(error);
  return edgeParts(error);
}

function unavailableParts(error: StoreUnavailable): Parts {
  const isClock = error instanceof ClockAstray;
  const detail = isClock
    ? 'The clock of the process that answered is wrong, so that it decides nothing; nothing was changed. Try again in a moment, with the same Idempotency-Key: another may answer.'
    : 'The store does not answer right now; nothing was changed. Try again in a moment, with the same Idempotency-Key.';
  return { status: 503, code: 'unavailable', detail, headers: { 'retry-after': isClock ? '5' : '2' } };
}

const lacksRole = 'Bearer realm="postern", error="insufficient_scope"';

function refusedParts({ kind, refusals, retryAfterSeconds }: RefusedError): Parts {
  const status = statusOfKind[kind];
  const [first] = refusals;
  const detail = refusals.map(({ message, nextStep }) => `${message} ${nextStep}`).join(' ');
  // RFC 6750 section 3.1: another token would be let in.
  const headers = {
    ...(first.code === 'role-missing' && { 'www-authenticate': lacksRole }),
    ...(retryAfterSeconds !== null && { 'retry-after': String(retryAfterSeconds) }),
  };
  const fields = refusals.flatMap(({ pointer, code, message, nextStep }) =>
    pointer === undefined ? [] : [{ pointer, code, message: `${message} ${nextStep}` }],
  );
  return {
    status,
    code: first.code,
    detail,
    headers,
    ...(fields.length === 0 ? {} : { errors: fields }),
    ...(status === 404 ? {} : { refusals: refusals.map(({ pointer: _field, ...refusal }) => refusal) }),
  };
}

const malformed = {
  status: 400,
  code: 'malformed-request',
  detail: 'The path or a header cannot be read, or is too long. Mend it and send it again.',
} as const;

/** Failures of the edge itself carry a status: of the framework, the body parser, the router. */
const edgeFailures: Readonly<Record<number, Parts>> = {
  400: {
    status: 400,
    code: 'malformed-json',
    detail: 'The body is no JSON. Mend it and send it again.',
  },
  404: {
    status: 404,
    code: 'not-found',
    detail: 'There is nothing here that you may see. Check the path, and the id in it.',
  },
  408: {
    status: 408,
    code: 'request-timeout',
    detail: 'The request did not come whole in time. Send it again.',
  },
  413: {
    status: 413,
    code: 'body-too-large',
    detail: 'The body may have 256 kB. Shorten it and send it again.',
  },
  414: malformed,
  415: {
    status: 415,
    code: 'unsupported-media-type',
    detail: 'Send the body as application/json, and not compressed.',
  },
  417: {
    status: 417,
    code: 'expectation-unknown',
    detail: 'Expect may say 100-continue and nothing else. Leave it out and send it again.',
  },
  431: malformed,
};

const ourFault: Parts = {
  status: 500,
  code: 'internal',
  detail: 'This is a fault of ours, and was recorded. Try again; if it stays, tell support the traceId.',
};

function edgeParts(error: unknown): Parts {
  if (isUnroutable(error)) return malformed;
  return edgeFailures[statusIn(error)] ?? ourFault;
}

/** A path with broken escapes; the router calls it 400 as a broken body. */
function isUnroutable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'FST_ERR_BAD_URL';
}

function statusIn(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  if ('getStatus' in error && typeof error.getStatus === 'function')
    return Number((error.getStatus as () => unknown)());
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
}
