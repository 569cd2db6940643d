import type { FastifyRequest } from 'fastify';

/** Versions begin with 1: nothing has this one. */
const noVersion = 0;

/**
 * The version named in `If-Match`: null where it is absent. A tag that is weak or none of ours cannot match (RFC 9110
 * section 13.1.1): that is 412, as for any other version. `*` and lists are refused alike: a decision names one version.
 * It is told by the verb and not here, because what is malformed or final is told before.
 */
export function ifMatchOf(request: Pick<FastifyRequest, 'headers'>): number | null {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '') return null;
  const match = /^"([1-9][0-9]{0,8})"$/.exec(header.trim());
  return match === null ? noVersion : Number(match[1]);
}
