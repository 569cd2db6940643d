import type pg from 'pg';
import type { RequestParticulars } from '../../../domain/ports/record-stores.js';
import { particularsDigest } from '../commitments.js';
import { RowMapper } from '../row-mapper.js';
import { particularsTable, type ParticularsRow } from '../word.tables.js';
import { byQuery, type Invariant } from './invariant.js';

const particulars = new RowMapper<ParticularsRow>(particularsTable);

/** Rows that are read at a time: a database of any size is verified within bounded memory. */
const rowsAtOnce = 500;

const commitments = (of: string) =>
  `(SELECT c ->> 'id' AS id, c ->> 'digest' AS digest FROM audit_entries a, jsonb_array_elements(a.details -> 'commitments') c
    WHERE a.details ? 'commitments' AND c ->> 'of' = '${of}')`;

const particularsAreAsCommitted: Invariant = {
  id: 'I9',
  sentence: 'what is kept of a request’s people is what was committed to',
  findBroken: async (client) => {
    const broken: string[] = [];
    for await (const rows of rowsOf(client)) {
      const changed = rows.filter((row) => row.salt !== null && digestOf(row) !== row.commitment);
      broken.push(
        ...changed.map(({ requestId }) => `particulars of ${requestId} are not what was committed to`),
      );
    }
    return broken;
  },
};

function digestOf({ salt, ...row }: ParticularsRow & RequestParticulars): string {
  return particularsDigest(salt ?? Buffer.alloc(0), row);
}

async function* rowsOf(client: pg.Client): AsyncGenerator<readonly ParticularsRow[]> {
  for (let after: string | null = null; ;) {
    const sql = `SELECT * FROM request_particulars WHERE $1::uuid IS NULL OR request_id > $1 ORDER BY request_id LIMIT ${String(rowsAtOnce)}`;
    const page: pg.QueryResult<Readonly<Record<string, unknown>>> = await client.query(sql, [after]);
    const rows = page.rows.map((row) => particulars.read(row));
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return;
    after = last.requestId;
  }
}

/** What holds of people, their words and what the audit keeps of both (docs/privacy.md). */
export const privacy: readonly Invariant[] = [
  byQuery(
    'I9',
    'an audit entry names nobody, and the same somebody as the line of history it stands for',
    `SELECT 'audit entry ' || a.id || ' holds an object id' AS broken FROM audit_entries a
       WHERE a.actor ? 'objectId' OR a.details -> 'takenFrom' ? 'objectId'
     UNION ALL
     SELECT 'audit entry ' || a.id || ' has another actor than line ' || h.sequence FROM audit_entries a
       JOIN history h ON h.sequence = a.history_sequence
       LEFT JOIN people p ON p.object_id = h.actor ->> 'objectId' AND p.tenant_id = (h.actor ->> 'tenantId')::uuid
       WHERE CASE WHEN h.actor ->> 'objectId' LIKE 'erased-%' THEN h.actor ->> 'objectId' <> 'erased-' || left(a.actor ->> 'person', 32)
         ELSE p.commitment IS DISTINCT FROM a.actor ->> 'person' END
         OR a.actor -> 'kind' <> h.actor -> 'kind' OR a.actor -> 'tenantId' <> h.actor -> 'tenantId'`,
  ),
  byQuery(
    'I9',
    'a person’s commitment is made of their id and their salt',
    `SELECT 'the commitment ' || commitment || ' is not its person’s' AS broken FROM people
       WHERE commitment <> person_commitment(salt, tenant_id, object_id)`,
  ),
  byQuery(
    'I9',
    'a text that is kept is what was committed to',
    `SELECT 'text ' || t.id || ' is not what was committed to' AS broken FROM ${commitments('text')} c
       JOIN erasable_texts t ON t.id = c.id::uuid
       WHERE c.digest IS DISTINCT FROM encode(sha256(t.salt || convert_to(t.text, 'UTF8')), 'hex')`,
  ),
  byQuery(
    'I9',
    'what is kept of a request’s people was committed to by an audit entry',
    `SELECT 'particulars of ' || p.request_id || ' were never committed to' AS broken FROM request_particulars p
       JOIN exemption_requests r ON r.id = p.request_id
       WHERE p.commitment IS NOT NULL AND r.submitted_at > (SELECT min(at) FROM audit_entries)
         AND NOT EXISTS (SELECT FROM ${commitments('particulars')} c WHERE c.id = p.request_id::text AND c.digest = p.commitment)`,
  ),
  particularsAreAsCommitted,
  byQuery(
    'I15',
    'nothing is kept of who was erased: no words, no contact, no stored answer',
    `SELECT 'request ' || r.id || ' keeps words of who was erased' AS broken FROM exemption_requests r
       JOIN request_particulars p ON p.request_id = r.id
       WHERE r.filed_by ->> 'objectId' LIKE 'erased-%' AND coalesce(p.justification, p.contact::text, p.contact_hash) IS NOT NULL
     UNION ALL
     SELECT 'text ' || t.id || ' has an author of whom nothing else is kept' FROM erasable_texts t
       WHERE t.author_object_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM people p WHERE p.tenant_id = t.author_tenant_id AND p.object_id = t.author_object_id)
     UNION ALL
     SELECT 'line ' || h.sequence || ' names somebody of whom nothing else is kept' FROM history h
       WHERE h.actor ->> 'objectId' NOT LIKE 'erased-%' AND NOT EXISTS (
         SELECT FROM people p WHERE p.tenant_id = (h.actor ->> 'tenantId')::uuid AND p.object_id = h.actor ->> 'objectId')
     UNION ALL
     SELECT 'pseudonym erased-' || left(commitment, 32) || ' is a person’s still' FROM people
       WHERE EXISTS (SELECT FROM history h WHERE h.actor ->> 'objectId' = 'erased-' || left(commitment, 32))`,
  ),
];
