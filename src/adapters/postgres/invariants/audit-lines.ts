import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { AuditEntry } from '../../../domain/ports/audit-store.js';
import { entryColumns, entryOf, microseconds } from '../../audit/audit-entry.js';
import { lineDigest, type CommittedLine } from '../../audit/canonical-line.js';
import { Findings } from './findings.js';
import { byQuery, type Invariant } from './invariant.js';

type Row = Readonly<Record<string, unknown>>;

/** Entries that are read at a time. */
const entriesAtOnce = 500;

/** Whether the months of leaves `l` were retired: then their entries are gone for good. */
export const isRetired = `EXISTS (SELECT FROM audit_retirements r
  WHERE r.month = to_char(l.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM'))`;

export const everyLineHasAnEntry = byQuery(
  'I9',
  'every line of history has exactly one audit entry',
  `SELECT 'line ' || h.sequence || ' of ' || h.aggregate || ' ' || h.aggregate_id || ' has no audit entry' AS broken
     FROM history h LEFT JOIN audit_entries a ON a.history_sequence = h.sequence
     WHERE a.id IS NULL AND NOT EXISTS (SELECT FROM audit_leaves l WHERE l.history_sequence = h.sequence AND ${isRetired})
   UNION ALL
   SELECT 'line ' || history_sequence || ' has ' || count(*) || ' audit entries: ' || string_agg(id::text, ', ' ORDER BY id)
     FROM audit_entries WHERE history_sequence IS NOT NULL GROUP BY history_sequence HAVING count(*) > 1`,
);

export const everyEntrySaysItsLine: Invariant = {
  id: 'I9',
  sentence: 'every audit entry of a state change says what its line of history says',
  findBroken: async (client) => {
    const findings = new Findings();
    for await (const rows of entriesOf(client)) {
      for (const row of rows) {
        const entry = entryOf(row);
        if (entry.historySequence === null) continue;
        const differing = row.line === null ? ['that it is gone'] : differences(entry, row);
        if (differing.length > 0) {
          const what = `${entry.subjectType} ${entry.subjectId}`;
          findings.add(
            `entry ${entry.id} and line ${String(entry.historySequence)} of ${what} differ in ${differing.join(', ')}`,
          );
        }
      }
    }
    return findings.all;
  },
};

async function* entriesOf(client: pg.Client): AsyncGenerator<readonly Row[]> {
  for (let after: readonly [unknown, unknown] = [null, null]; ;) {
    const page: pg.QueryResult<Row> = await client.query<Row>(
      `SELECT ${entryColumns}, to_jsonb(h) AS line, ${microseconds('h.at')} AS line_at FROM audit_entries e
       LEFT JOIN history h ON h.sequence = e.history_sequence
       WHERE $1::timestamptz IS NULL OR (e.recorded_at, e.id) > ($1, $2::uuid)
       ORDER BY e.recorded_at, e.id LIMIT ${String(entriesAtOnce)}`,
      [...after],
    );
    yield page.rows;
    const last = page.rows.at(-1);
    if (last === undefined || page.rows.length < entriesAtOnce) return;
    after = [last.recorded_at, last.id];
  }
}

function differences(entry: AuditEntry, row: Row): readonly string[] {
  const line = row.line as Row;
  const committed = committedLine(line, String(row.line_at));
  const { event, from, to, version } = committed;
  const { line: digest } = entry.details;
  const by = committed.by as AuditEntry['actor'];
  const states = ['version', 'from', 'to'].map((name) => entry.details[name]);
  const compared: readonly (readonly [string, boolean])[] = [
    ['action', entry.action === `${committed.aggregate}.${String((event as Row).type)}`],
    ['subject', entry.subjectType === committed.aggregate && entry.subjectId === committed.aggregateId],
    ['time', entry.at === committed.at],
    ['states', isDeepStrictEqual(states, [version, from, to])],
    // Which person it was is a commitment in the entry; that it is theirs is the privacy invariants' to say.
    ['actor', isDeepStrictEqual(kindOf(entry.actor), kindOf(by))],
    // Entries of the time before there was a tree have no digest.
    ['content', digest === undefined || digest === lineDigest(committed)],
  ];
  return compared.filter(([, isSame]) => !isSame).map(([name]) => name);
}

function kindOf({ kind, tenantId, name }: AuditEntry['actor']): readonly unknown[] {
  return [kind, tenantId, name];
}

function committedLine(line: Row, at: string): CommittedLine {
  return {
    aggregate: String(line.aggregate),
    aggregateId: String(line.aggregate_id),
    version: Number(line.version),
    tenantId: String(line.tenant_id),
    from: line.from_state as string | null,
    to: String(line.to_state),
    event: line.event,
    at,
    by: line.actor,
  };
}
