import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { AuditEntry } from '../../domain/ports/audit-store.js';

/** A column's instant as text, to the microsecond. */
export const microseconds = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** What of a row is read, as `e`: instants as texts, since a `Date` would lose the microseconds that are hashed. */
export const entryColumns = `e.sequence, e.id, ${microseconds('e.recorded_at')} AS recorded_at, e.history_sequence,
  e.action, e.subject_type, e.subject_id, ${microseconds('e.at')} AS at, e.actor, e.trace_id, e.details`;

export function entryOf(row: Readonly<Record<string, unknown>>): AuditEntry {
  return {
    sequence: Number(row.sequence),
    id: String(row.id),
    recordedAt: String(row.recorded_at),
    historySequence: row.history_sequence === null ? null : Number(row.history_sequence),
    action: String(row.action),
    subjectType: String(row.subject_type),
    subjectId: String(row.subject_id),
    at: String(row.at),
    actor: row.actor as AuditEntry['actor'],
    traceId: row.trace_id as string | null,
    details: row.details as AuditEntry['details'],
  };
}

/** What a leaf is hashed from: the canonical JSON (RFC 8785) of the whole entry. */
export function leafInputOf(entry: AuditEntry): string {
  return canonicalize(entry) ?? '';
}

/** RFC 9162, 2.1.1: SHA-256 of 0x00 and the entry. */
export function leafHash(leafInput: string): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(leafInput, 'utf8').digest();
}

/** RFC 9162, 2.1.1: SHA-256 of 0x01 and two neighbours. */
export function hashChildren(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
}
