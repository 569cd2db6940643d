import type { Instant } from './instants.js';
import type { ReasonCode } from './reason-codes.js';

/** A stable code: one of the reason codes, or the code of a conflict or a forbidden act (kebab-case, never renamed). */
export type RefusalCode = ReasonCode | (string & {});

/** One way to say no: stable code, a sentence for whom it concerns, what to do next, and when asking again makes sense. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly nextStep: string;
  readonly applyAgainOn?: Instant;
  /** The field of the body that it is about, as a JSON Pointer (RFC 6901); absent where it is about none. */
  readonly pointer?: string;
}

/**
 * How the edge answers: policy 422, conflict and final 409, forbidden 403, not-found 404,
 * stale 412, precondition-required 428, invalid 400, too-many 429.
 */
export type RefusalKind =
  | 'policy'
  | 'conflict'
  | 'forbidden'
  | 'not-found'
  | 'stale'
  | 'precondition-required'
  | 'invalid'
  | 'final'
  | 'too-many';

/** Thrown by a verb that says no. Carries ALL reasons, never the first only; holds no personal data. */
export class RefusedError extends Error {
  constructor(
    readonly kind: RefusalKind,
    readonly refusals: readonly [Refusal, ...Refusal[]],
    /** When to ask again, where only time stands in the way. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(refusals.map((refusal) => refusal.code).join(', '));
    this.name = 'RefusedError';
  }
}

/** One body for "absent" and "out of scope": a caller must not learn which of the two it is. */
export const nothingThere: Refusal = Object.freeze({
  code: 'not-found',
  message: 'There is nothing here that you may see.',
  nextStep: 'Check the id, and that you call with the tenant it belongs to.',
});

/** 404, identical whether the thing is absent or out of the caller's scope. */
export function notFound(): RefusedError {
  return new RefusedError('not-found', [nothingThere]);
}

/** 422 with every reason. Throws a plain Error on an empty list: a refusal without a reason is a defect. */
export function policyRefuses(refusals: readonly Refusal[]): RefusedError {
  return new RefusedError('policy', atLeastOne(refusals));
}

/** 409 with every conflict at once. */
export function conflicts(refusals: readonly Refusal[]): RefusedError {
  return new RefusedError('conflict', atLeastOne(refusals));
}

/** 409: the state of things stands in the way. */
export function conflict(code: RefusalCode, message: string, nextStep: string): RefusedError {
  return new RefusedError('conflict', [{ code, message, nextStep }]);
}

/** 409: nothing leaves a final state. Decided before If-Match is looked at. */
export function alreadyFinal(code: RefusalCode, message: string, nextStep: string): RefusedError {
  return new RefusedError('final', [{ code, message, nextStep }]);
}

/** 403: the caller may see it, but may not do it. */
export function forbidden(code: RefusalCode, message: string, nextStep: string): RefusedError {
  return new RefusedError('forbidden', [{ code, message, nextStep }]);
}

/** 429: asked as often as may be; says when to come back. */
export function tooMany(refusal: Refusal, retryAfterSeconds: number): RefusedError {
  return new RefusedError('too-many', [refusal], retryAfterSeconds);
}

/** 400: a field of the body cannot be taken. The pointer says which (RFC 6901). */
export function invalid(code: RefusalCode, message: string, nextStep: string, pointer: string): RefusedError {
  return new RefusedError('invalid', [{ code, message, nextStep, pointer }]);
}

/** 400 with every field at once. */
export function invalidFields(refusals: readonly (Refusal & { readonly pointer: string })[]): RefusedError {
  return new RefusedError('invalid', atLeastOne(refusals));
}

/** 412: the resource moved on since the caller read it. */
export function stale(): RefusedError {
  return new RefusedError('stale', [
    {
      code: 'stale-version',
      message: 'This was changed since you read it.',
      nextStep: 'Read it again, and decide on what it says now with its new ETag in If-Match.',
    },
  ]);
}

/** 428: a decision has to say which version it decides on. */
export function preconditionRequired(): RefusedError {
  return new RefusedError('precondition-required', [
    {
      code: 'if-match-required',
      message: 'A decision has to name the version it was made on.',
      nextStep: 'Read the resource and send its ETag in If-Match.',
    },
  ]);
}

function atLeastOne(refusals: readonly Refusal[]): readonly [Refusal, ...Refusal[]] {
  const [first, ...others] = refusals;
  if (first === undefined) throw new Error('a refusal needs at least one reason');
  return [first, ...others];
}
