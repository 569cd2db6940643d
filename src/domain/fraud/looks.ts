import type { DnsAnswer } from '../ports/dns.js';
import type { Conclusion, Evidence } from './fraud-check.js';

/** One of several things that a check looks at. `blind`: could not look; `unclear`: looked, and nothing was said. */
export interface Look {
  readonly state: 'good' | 'bad' | 'blind' | 'unclear';
  readonly evidence: Evidence;
}

/** More records than this in one answer count as "could not look": nobody publishes that many for a reason (F18). */
export const mostRecords = 64;

/** Longest piece of somebody else's text that is kept as evidence, in characters. */
const longestQuote = 200;

/**
 * Sums up: what was seen to be bad is a `warn`, the most that facts of names and addresses amount to; else what could
 * not be looked at is an `error`; else what nobody said is `unknown`. Nothing to look at is `unknown` too.
 */
export function concludeLooks(looks: readonly Look[], whenEmpty: Evidence): Conclusion {
  if (looks.length === 0) return { outcome: 'unknown', evidence: [whenEmpty] };
  const has = (state: Look['state']): boolean => looks.some((look) => look.state === state);
  const bad = looks.filter((look) => look.state === 'bad').length;
  const evidence = looks.map((look) => look.evidence);
  if (bad > 0) return { outcome: 'warn', value: bad, evidence };
  if (has('blind')) return { outcome: 'error', evidence };
  if (has('unclear')) return { outcome: 'unknown', evidence };
  return { outcome: 'pass', value: 0, evidence };
}

/** Makes a look; `what` names the thing, `detail` says what it said. */
export function look(state: Look['state'], what: string, detail: string): Look {
  return { state, evidence: { what, detail } };
}

/** The records of an answer, none where the name or the type does not exist, or why nobody could look. */
export function recordsOf<T>(
  answer: DnsAnswer<T>,
): { readonly values: readonly T[] } | { readonly failure: string } {
  switch (answer.kind) {
    case 'answer':
      return answer.values.length > mostRecords ? { failure: 'too many records' } : { values: answer.values };
    case 'nxdomain':
    case 'nodata':
      return { values: [] };
    case 'failure':
      return { failure: answer.why };
  }
}

/** Somebody else's text, cut and without control characters: it is shown to reviewers. */
export function quoted(text: string): string {
  const printable = text.slice(0, longestQuote).replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return text.length > longestQuote ? `${printable}…` : printable;
}

/** A host name in lower case without its last dot, or null when the text is none (letters, digits, hyphens, dots). */
export function hostNameOf(text: string): string | null {
  if (text.length > mostOfName) return null;
  const name = text.trim().toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  const isName = name.length <= 253 && labels.length > 1 && labels.every((one) => label.test(one));
  return isName ? name : null;
}

/** With blanks around it. */
const mostOfName = 1_000;
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
