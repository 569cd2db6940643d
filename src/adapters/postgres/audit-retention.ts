import type pg from 'pg';
import { entryColumns, entryOf, leafHash, leafInputOf } from '../audit/audit-entry.js';
import { retiredLeaves } from '../audit/retired-leaves.js';
import { appendLockKey } from './audit-tree.js';

type Row = Readonly<Record<string, unknown>>;

const entriesAtOnce = 500;

/** The months of the audit that end before a month, oldest first, as `YYYY-MM`. */
export async function monthsBefore(owner: pg.Client, before: string): Promise<readonly string[]> {
  const { rows } = await owner.query<{ month: string }>(
    `SELECT replace(right(c.relname, 7), '_', '-') AS month FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'audit_entries'::regclass AND c.relname ~ '^audit_entries_[0-9]{4}_[0-9]{2}$'
       AND replace(right(c.relname, 7), '_', '-') < $1 ORDER BY 1`,
    [before],
  );
  return rows.map(({ month }) => month);
}

/**
 * Drops a month's entries as the owner, and records that, in one transaction; their leaves stay, so that every other
 * proof holds (docs/audit.md). Throws, and drops nothing, where an entry has no leaf or is not what its leaf says.
 * Answers how many entries there were.
 */
export async function retireMonth(owner: pg.Client, month: string): Promise<number> {
  if (!/^\d{4}-\d{2}$/.test(month)) throw new Error('a month is YYYY-MM');
  await owner.query('BEGIN');
  try {
    await owner.query(`SET LOCAL lock_timeout = '5s'`);
    await owner.query('SELECT pg_advisory_xact_lock($1)', [appendLockKey]);
    const partition = `audit_entries_${month.replace('-', '_')}`;
    const checked = await mustAllBeProvable(owner, partition);
    const { entries, digest } = await retiredLeaves(owner, month);
    if (entries !== checked)
      throw new Error(
        `${month} has ${String(entries)} leaves and ${String(checked)} entries; run "npm run verify"`,
      );
    await record(owner, month, entries, digest);
    await owner.query(`DROP TABLE ${partition}`);
    await owner.query('COMMIT');
    return entries;
  } catch (error) {
    await owner.query('ROLLBACK');
    throw error;
  }
}

async function mustAllBeProvable(owner: pg.Client, partition: string): Promise<number> {
  let checked = 0;
  for (let after: string | null = null; ;) {
    const page: pg.QueryResult<Row> = await owner.query<Row>(
      `SELECT ${entryColumns}, l.leaf_hash FROM ${partition} e LEFT JOIN audit_leaves l ON l.entry_id = e.id
       WHERE $1::uuid IS NULL OR e.id > $1 ORDER BY e.id LIMIT ${String(entriesAtOnce)}`,
      [after],
    );
    for (const row of page.rows) {
      const hash = row.leaf_hash as Buffer | null;
      if (hash === null)
        throw new Error(`entry ${String(row.id)} has no place in the tree yet: let a worker run`);
      if (!leafHash(leafInputOf(entryOf(row))).equals(hash))
        throw new Error(`entry ${String(row.id)} is not what its leaf says; run "npm run verify"`);
    }
    checked += page.rows.length;
    const last = page.rows.at(-1);
    if (last === undefined || page.rows.length < entriesAtOnce) return checked;
    after = String(last.id);
  }
}

async function record(owner: pg.Client, month: string, entries: number, digest: string): Promise<void> {
  const actor = { kind: 'system', tenantId: null, name: 'audit-retention', person: null };
  await owner.query(
    `WITH told AS (
       INSERT INTO audit_entries (action, subject_type, subject_id, at, actor, details)
       VALUES ('audit.month-retired', 'audit-month', $1, now(), $2, $3) RETURNING id
     )
     INSERT INTO audit_retirements (month, entry_id, entries, leaves_sha256) SELECT $1, id, $4, $5 FROM told`,
    [month, JSON.stringify(actor), JSON.stringify({ entries, leaves: digest }), entries, digest],
  );
}
