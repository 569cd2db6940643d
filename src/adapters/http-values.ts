import type { Instant } from '../domain/instants.js';

/** An hour: who asks for more is asked again then. A wrong date must not put a machine off for a year. */
const longestWaitSeconds = 3_600;
/** Each of the three forms of a date in HTTP begins so (RFC 9110 section 5.6.7). */
const httpDate = /^(mon|tue|wed|thu|fri|sat|sun)/i;
/** RFC 3339. Without its offset a time would be read in this machine's zone, and be no evidence (I6). */
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/**
 * `Retry-After` (RFC 9110 section 10.2.3) in seconds, an hour at most; a date counts from now; null where it says
 * nothing usable.
 */
export function retryAfterSeconds(headers: Headers): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(longestWaitSeconds, Number(value));
  const at = httpDate.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) return null;
  return Math.min(longestWaitSeconds, Math.max(0, Math.ceil((at - Date.now()) / 1_000)));
}

/**
 * When Azure Resource Graph's quota of its caller begins anew, `hh:mm:ss`: it sends no `Retry-After`
 * (https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests).
 */
export function quotaResetsAfterSeconds(headers: Headers): number | null {
  const value = headers.get('x-ms-user-quota-resets-after')?.trim() ?? '';
  const [, hours, minutes, seconds] = /^(\d{1,2}):([0-5]\d):([0-5]\d)(?:\.\d+)?$/.exec(value) ?? [];
  if (hours === undefined) return null;
  return Math.min(longestWaitSeconds, Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
}

/** A timestamp as others write it, in our form; null for what is none: a wrong one is no exception, and no evidence. */
export function instantOf(text: string | null | undefined): Instant | null {
  const at = timestamp.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** The text of an answer, or null once it is longer than `mostBytes`: the rest is not read. */
export async function readCapped(response: Response, mostBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const chunksOf: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
  for await (const chunk of chunksOf) {
    size += chunk.byteLength;
    if (size > mostBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
