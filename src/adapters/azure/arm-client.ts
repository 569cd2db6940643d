import { type CallPurpose, noToken, notSent } from '../../domain/ports/compute-control-plane.js';
import type { CallCharge } from '../../domain/ports/call-budget.js';
import { quotaResetsAfterSeconds, readCapped, retryAfterSeconds } from '../http-values.js';
import type { ArmBudget } from './arm-budget.js';

/**
 * A small client of Azure Resource Manager for workers: pinned to one origin, so that the token and signed operation
 * URLs never go elsewhere; every answer a value; no URL with a query in any error (docs/decisions/0004-own-arm-client.md).
 */
export interface ArmToken {
  /** A bearer token for the control plane, before the signal ends the call. Throws when none can be had. */
  token(signal: AbortSignal): Promise<string>;
}

export type ArmAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: Headers; readonly body: unknown }
  /** No usable answer: throttled, failing, reset, slow, cut short, or not asked for want of a token. Nothing may be concluded from it. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterSeconds: number | null }
  /** The URL is not on the configured origin: it was not called. */
  | { readonly kind: 'foreign-host' };

/** An answer with what the budget learns from; no status where it came to nothing. */
interface Sent {
  readonly answer: ArmAnswer;
  readonly status: number | null;
  readonly headers: Headers | null;
  /** Our own patience ended it: that says nothing about the cloud. */
  readonly isGivenUp?: boolean;
}

/** What an order that changes something carries along: a name for the cloud's log, and a last question before it goes. */
type CallOrder = Partial<Pick<CallPurpose, 'callerId' | 'mayBeSent'>> & { readonly body?: object };

const longestMs = 30_000; // half a minute for one call: a listing's page of a large subscription needs seconds
const mostBytes = 32 * 1024 * 1024; // 32 MB: a page holds some hundred machines of a few kB each

export class ArmClient {
  private readonly origin: string;

  constructor(
    endpoint: string,
    private readonly credential: ArmToken,
    private readonly timeoutMs: number = longestMs,
    private readonly budget: ArmBudget | null = null,
    private readonly until: AbortSignal | null = null,
  ) {
    this.origin = new URL(endpoint).origin;
  }

  /** The same for somebody who waits for all of their calls together no longer than the signal says. */
  impatient(until: AbortSignal): ArmClient {
    return new ArmClient(this.origin, this.credential, this.timeoutMs, this.budget, until);
  }

  /**
   * Calls a path, or a whole URL that the cloud gave, on the configured origin only, and a charged one within its budget.
   * The order's caller id is what the cloud may call the operation in its log: it takes over the one, and records the other.
   */
  async call(
    method: 'GET' | 'POST',
    target: string,
    charge: CallCharge | null = null,
    order: CallOrder = {},
  ): Promise<ArmAnswer> {
    const url = this.pinned(target);
    if (url === null) return { kind: 'foreign-host' };
    if (this.until?.aborted === true)
      return { kind: 'unavailable', code: 'timeout', retryAfterSeconds: null };
    if (charge === null || this.budget === null) return (await this.send(method, url, order)).answer;
    const waitMs = await this.budget.waitMs(charge);
    if (waitMs !== null) return { kind: 'unavailable', code: noToken, retryAfterSeconds: waitMs / 1_000 };
    return this.budget.during(charge, () => this.send(method, url, order));
  }

  private async send(
    method: 'GET' | 'POST',
    url: URL,
    { callerId, mayBeSent, body }: CallOrder,
  ): Promise<Sent> {
    const patience = AbortSignal.timeout(this.timeoutMs);
    const signal = this.until === null ? patience : AbortSignal.any([patience, this.until]);
    try {
      const token = await inTime(signal, this.credential.token(signal));
      if (mayBeSent?.() === false) return withheld;
      const response = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...named(callerId),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal,
      });
      const answer = await read(response);
      const isCut = answer.kind === 'unavailable' && response.status < 400;
      return { answer, status: isCut ? null : response.status, headers: response.headers };
    } catch (error) {
      const answer = { kind: 'unavailable', code: causeOf(error), retryAfterSeconds: null } as const;
      return { answer, status: null, headers: null, isGivenUp: this.until?.aborted ?? false };
    }
  }

  private pinned(target: string): URL | null {
    if (!URL.canParse(target, this.origin)) return null;
    const url = new URL(target, this.origin);
    const isOurs = url.origin === this.origin && url.username === '' && url.password === '';
    return isOurs ? url : null;
  }
}

/** Who wants it lost the right to it while it stood in line: it says nothing of the cloud. */
const withheld: Sent = {
  answer: { kind: 'unavailable', code: notSent, retryAfterSeconds: null },
  status: null,
  headers: null,
  isGivenUp: true,
};

function named(callerId: string | undefined): Readonly<Record<string, string>> {
  if (callerId === undefined) return {};
  return { 'x-ms-correlation-request-id': callerId, 'x-ms-client-request-id': callerId };
}

async function read(response: Response): Promise<ArmAnswer> {
  const { status, headers } = response;
  if (status === 408 || status === 429 || status >= 500) {
    await response.body?.cancel();
    return {
      kind: 'unavailable',
      code: `http-${String(status)}`,
      retryAfterSeconds: retryAfterSeconds(headers) ?? quotaResetsAfterSeconds(headers),
    };
  }
  const text = await readCapped(response, mostBytes);
  if (text === null) return { kind: 'unavailable', code: 'answer-too-large', retryAfterSeconds: null };
  if (text === '') return { kind: 'answered', status, headers, body: null };
  try {
    return { kind: 'answered', status, headers, body: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'unavailable', code: 'answer-cut-short', retryAfterSeconds: null };
  }
}

/** The identity service may be as silent as the cloud: waiting for its token counts as waiting for the answer. */
function inTime<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const tooLate = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new DOMException('no token in time', 'TimeoutError'));
    signal.addEventListener('abort', giveUp, { once: true });
  });
  return Promise.race([work, tooLate]);
}

/** A short name of what went wrong: an error's own message may hold the signed URL. */
function causeOf(error: unknown): string {
  const { cause = error } = Object(error) as { readonly cause?: unknown };
  const { code, name } = Object(cause) as { readonly code?: unknown; readonly name?: unknown };
  if (name === 'TimeoutError') return 'timeout';
  return typeof code === 'string' ? code.toLowerCase() : 'no-answer';
}
