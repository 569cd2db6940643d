import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Under which trace a request is served, and the headers that tell its sender so. */
export interface Correlation {
  readonly traceId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** W3C trace context in and out, and the caller's own request id echoed where it is harmless. */
export function correlationOf(given: IncomingHttpHeaders): Correlation {
  const known = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(String(given['traceparent'] ?? ''))?.[1];
  const traceId = known !== undefined && !/^0+$/.test(known) ? known : randomBytes(16).toString('hex');
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
  const requestId = given['x-request-id'];
  const isHarmless = typeof requestId === 'string' && /^[\x21-\x7e]{1,128}$/.test(requestId);
  return { traceId, headers: { traceparent, ...(isHarmless ? { 'x-request-id': requestId } : {}) } };
}
