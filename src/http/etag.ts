import type { FastifyRequest } from 'fastify';
import { stale } from '../domain/refusals.js';

/**
 * The version named in `If-Match`: null where it is absent. A tag that is weak, a list, or none of ours cannot match
 * (RFC 9110 section 13.1.1): that is 412, as for any other version. `*` is refused alike: a decision names its version.
 */
export function ifMatchOf(request: Pick<FastifyRequest, 'headers'>): number | null {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '') return null;
  const match = /^"([1-9][0-9]{0,8})"$/.exec(header.trim());
  if (match === null) throw stale();
  return Number(match[1]);
}
