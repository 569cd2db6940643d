import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** One line of history as it is committed to: by the audit entry that stands for it. */
export interface CommittedLine {
  readonly aggregate: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly tenantId: string;
  readonly from: string | null;
  readonly to: string;
  readonly event: unknown;
  /** ISO 8601 in UTC, to the microsecond. */
  readonly at: string;
  readonly by: unknown;
}

/**
 * SHA-256 of a line's canonical content (RFC 8785), in hexadecimal. Object ids of people are left out wherever they
 * stand, so that they can be erased from history; the audit entry compares them where they are still there.
 */
export function lineDigest(line: CommittedLine): string {
  const text = canonicalize(withoutPeople(JSON.parse(JSON.stringify(line)))) ?? '';
  return createHash('sha256').update(text).digest('hex');
}

/** An instant as the database keeps it: to the microsecond. */
export function toMicroseconds(at: string): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}

function withoutPeople(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPeople);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'objectId')
      .map(([key, field]) => [key, withoutPeople(field)]),
  );
}
