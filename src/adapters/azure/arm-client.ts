/**
 * A small client of Azure Resource Manager for workers: pinned to one origin, so that the token and signed operation
 * URLs never go elsewhere; every answer a value; no URL with a query in any error (docs/decisions/0004-own-arm-client.md).
 */
export interface ArmToken {
  /** A bearer token for the control plane. Throws when none can be had. */
  token(): Promise<string>;
}

export type ArmAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: Headers; readonly body: unknown }
  /** No usable answer: throttled, failing, reset, slow, cut short. Nothing may be concluded from it. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterSeconds: number | null }
  /** The URL is not on the configured origin: it was not called. */
  | { readonly kind: 'foreign-host' };

const timeoutMs = 30_000;
const mostBytes = 32 * 1024 * 1024;

export class ArmClient {
  private readonly origin: string;

  constructor(
    endpoint: string,
    private readonly credential: ArmToken,
  ) {
    this.origin = new URL(endpoint).origin;
  }

  /** Calls a path, or a whole URL that the cloud gave, on the configured origin only. */
  async call(method: 'GET' | 'POST', target: string): Promise<ArmAnswer> {
    const url = this.pinned(target);
    if (url === null) return { kind: 'foreign-host' };
    try {
      const response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${await this.credential.token()}`, accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return await read(response);
    } catch (error) {
      return { kind: 'unavailable', code: causeOf(error), retryAfterSeconds: null };
    }
  }

  private pinned(target: string): URL | null {
    if (!URL.canParse(target, this.origin)) return null;
    const url = new URL(target, this.origin);
    return url.origin === this.origin && url.username === '' ? url : null;
  }
}

async function read(response: Response): Promise<ArmAnswer> {
  if (response.status === 429 || response.status >= 500) {
    const retryAfterSeconds = retryAfter(response.headers);
    await response.body?.cancel();
    return { kind: 'unavailable', code: `http-${String(response.status)}`, retryAfterSeconds };
  }
  const text = await readCapped(response);
  if (text === null) return { kind: 'unavailable', code: 'answer-too-large', retryAfterSeconds: null };
  if (text === '')
    return { kind: 'answered', status: response.status, headers: response.headers, body: null };
  try {
    return { kind: 'answered', status: response.status, headers: response.headers, body: JSON.parse(text) };
  } catch {
    return { kind: 'unavailable', code: 'answer-cut-short', retryAfterSeconds: null };
  }
}

async function readCapped(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > mostBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `Retry-After` in seconds; a date counts from now; null where it says nothing. */
function retryAfter(headers: Headers): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1_000));
}

/** A short name of what went wrong: an error's own message may hold the signed URL. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause === 'object' && cause !== null) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code.toLowerCase();
    if ('name' in cause && cause.name === 'TimeoutError') return 'timeout';
  }
  return 'no-answer';
}
