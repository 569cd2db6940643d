import type { ActorRef } from '../../domain/access/actor.js';
import type { Instant } from '../../domain/instants.js';
import type { HistoryEntry } from '../../domain/lifecycle-table.js';
import { lineDigest, toMicroseconds } from '../audit/canonical-line.js';
import type { OneStatement } from './one-statement.js';

/** An audit entry for what is no state change. Ids and codes only. */
export interface AuditNote {
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly at: Instant;
  readonly actor: ActorRef;
  readonly details: Readonly<Record<string, unknown>>;
  /** Others than the actor, by the name of the detail that names them by commitment. */
  readonly people: Readonly<Record<string, ActorRef>>;
}

export interface BufferedHistory {
  readonly entry: HistoryEntry;
  readonly tenantId: string;
}

/** A line, and what its audit entry says beside it: commitments to words that can be erased. */
type WrittenHistory = BufferedHistory & { readonly further: object };

function historyRow({ entry, tenantId, further }: WrittenHistory): object {
  const { aggregate, aggregateId, version, from, to, event, at, by } = entry;
  const line = lineDigest({
    aggregate,
    aggregateId,
    version,
    tenantId,
    from,
    to,
    event,
    at: toMicroseconds(at),
    by,
  });
  return {
    aggregate,
    aggregate_id: aggregateId,
    version,
    tenant_id: tenantId,
    from_state: from,
    to_state: to,
    event,
    at,
    actor: by,
    line,
    further,
  };
}

function noteRow({ action, subjectType, subjectId, at, actor, details, people }: AuditNote): object {
  return { action, subject_type: subjectType, subject_id: subjectId, at, actor, details, people };
}

const linesOf = (
  json: string,
) => `jsonb_to_recordset(${json}::jsonb) AS r(aggregate text, aggregate_id uuid, version integer,
  tenant_id uuid, from_state text, to_state text, event jsonb, at timestamptz, actor jsonb, line text, further jsonb)`;

/**
 * Adds history and audit to a statement: one entry for every line (invariant I9), which commits to what the line says,
 * and one for every note. Whoever acted is named by a commitment (docs/privacy.md).
 */
export function addHistoryAndAudit(
  statement: OneStatement,
  history: readonly WrittenHistory[],
  notes: readonly AuditNote[],
  traceId: string | null,
): void {
  if (history.length === 0 && notes.length === 0) return;
  const trace = statement.value(traceId);
  const entries: string[] = [];
  if (history.length > 0) {
    const lines = linesOf(statement.value(JSON.stringify(history.map(historyRow))));
    statement.add(
      'written',
      `INSERT INTO history (aggregate, aggregate_id, version, tenant_id, from_state, to_state, event, at, actor)
       SELECT aggregate, aggregate_id, version, tenant_id, from_state, to_state, event, at, actor FROM ${lines}
       RETURNING sequence, aggregate, aggregate_id, version, from_state, to_state, event, at, actor`,
    );
    entries.push(
      `SELECT w.sequence, w.aggregate || '.' || (w.event ->> 'type'), w.aggregate, w.aggregate_id::text, w.at, audit_actor(w.actor), ${trace},
         jsonb_build_object('version', w.version, 'from', w.from_state, 'to', w.to_state, 'line', r.line) || r.further
       FROM written w JOIN ${lines} USING (aggregate, aggregate_id, version)`,
    );
  }
  if (notes.length > 0) {
    entries.push(
      `SELECT NULL::bigint, action, subject_type, subject_id, at, audit_actor(actor), ${trace},
         details || coalesce((SELECT jsonb_object_agg(p.key, audit_actor(p.value)) FROM jsonb_each(people) p), '{}')
       FROM jsonb_to_recordset(${statement.value(JSON.stringify(notes.map(noteRow)))}::jsonb)
         AS n(action text, subject_type text, subject_id text, at timestamptz, actor jsonb, details jsonb, people jsonb)`,
    );
  }
  statement.add(
    'audited',
    `INSERT INTO audit_entries (history_sequence, action, subject_type, subject_id, at, actor, trace_id, details) ${entries.join(' UNION ALL ')}`,
  );
}
