import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { ClockAstray, StoreUnavailable } from '../../domain/ports/unit-of-work.js';
import { conflicts, RefusedError } from '../../domain/refusals.js';

/** The driver's error below TypeORM's, where there is one. */
function driverErrorOf(error: unknown): {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly message?: unknown;
} {
  const inner: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return typeof inner === 'object' && inner !== null ? inner : {};
}

/** Serialisation failures and deadlocks: the same work again succeeds (40001, 40P01). */
export function isTransient(error: unknown): boolean {
  const { code } = driverErrorOf(error);
  return code === '40001' || code === '40P01';
}

const liveConflicts: Readonly<
  Record<string, { readonly code: string; readonly message: string; readonly nextStep: string }>
> = {
  exemption_requests_one_live: {
    code: 'live-request-exists',
    message: 'There is an open request for this subscription already.',
    nextStep: 'Follow that request, or withdraw it before filing another.',
  },
  exemptions_one_live: {
    code: 'already-exempt',
    message: 'This subscription has an exemption already.',
    nextStep: 'Nothing to ask for: look at the exemption for what is still missing.',
  },
};

/** What `clock_must_agree` raises. */
const clockDisagrees = 'PC001';

/**
 * Classes of PostgreSQL errors that say "not now": connection, resources, operator, locks and time-outs, and what is
 * left of serialisation failures and deadlocks (40) after the work was run again.
 */
const notNow = /^(08|53|57|55P03|25P03|58|40001|40P01)/;
const brokenConnection =
  /(Connection terminated|timeout exceeded when trying to connect|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|not queryable|Driver not Connected|has not been established|not currently accepting connections)/i;

/** The disk is full, or the session may only read: 53100, 25006. */
const refusesWrites = /^(53100|25006)$/;
let writesRefusedAt = Number.NEGATIVE_INFINITY;

/** Milliseconds since the database last refused a write of this process because nothing can be written; infinite for never. */
export function sinceWritesRefused(): number {
  return performance.now() - writesRefusedAt;
}

/**
 * What a failure of the database means to a verb: a conflict where the database defended an invariant, "unavailable"
 * where it cannot answer now (also without any code: a server that dies in a transaction gives none), else itself.
 */
export function translated(error: unknown): unknown {
  if (error instanceof RefusedError) return error;
  if (isCutBetweenStatements(error)) return new StoreUnavailable('connection');
  const { code, constraint, message } = driverErrorOf(error);
  if (code === clockDisagrees) return new ClockAstray();
  const refusal = typeof constraint === 'string' ? liveConflicts[constraint] : undefined;
  if (typeof code === 'string' && refusesWrites.test(code)) {
    writesRefusedAt = performance.now();
    return new StoreUnavailable(code);
  }
  if (code === '23505' && refusal !== undefined) return conflicts([refusal]);
  if (typeof code === 'string' && (notNow.test(code) || brokenConnection.test(code)))
    return new StoreUnavailable(code);
  if (typeof message === 'string' && brokenConnection.test(message))
    return new StoreUnavailable('connection');
  return error;
}

/** A write in a transaction that was begun to read only (25006). */
export function isWrittenInARead(error: unknown): boolean {
  return driverErrorOf(error).code === '25006';
}

/** TypeORM gives up a transaction's connection when it dies while idle, and says no more than that it is not there. */
function isCutBetweenStatements(error: unknown): boolean {
  return (
    error instanceof QueryRunnerAlreadyReleasedError ||
    error instanceof QueryRunnerProviderAlreadyReleasedError
  );
}

/** Whether a failure says no more than that the database cannot answer now. */
export function isUnavailable(error: unknown): boolean {
  return translated(error) instanceof StoreUnavailable;
}
