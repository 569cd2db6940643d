import { createHash } from 'node:crypto';
import type pg from 'pg';
import { microseconds } from './audit-entry.js';

interface LeafRow {
  readonly leaf_index: string;
  readonly entry_id: string;
  readonly recorded_at: string;
  readonly history_sequence: string | null;
  readonly leaf_hash: Buffer;
}

const leavesAtOnce = 1_000;

/** How many leaves a month has, and a SHA-256 over all that stands in them, in their order. Bounded memory. */
export async function retiredLeaves(
  client: pg.Client,
  month: string,
): Promise<{ readonly entries: number; readonly digest: string }> {
  const hash = createHash('sha256');
  let entries = 0;
  for (let after = '-1'; ;) {
    const { rows } = await client.query<LeafRow>(
      `SELECT leaf_index, entry_id, ${microseconds('recorded_at')} AS recorded_at, history_sequence, leaf_hash
       FROM audit_leaves WHERE to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM') = $1 AND leaf_index > $2
       ORDER BY leaf_index LIMIT ${String(leavesAtOnce)}`,
      [month, after],
    );
    for (const row of rows) {
      const { leaf_index, entry_id, recorded_at, history_sequence, leaf_hash } = row;
      const line = [leaf_index, entry_id, recorded_at, history_sequence ?? '-', leaf_hash.toString('hex')];
      hash.update(`${line.join(' ')}\n`);
    }
    entries += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < leavesAtOnce) return { entries, digest: hash.digest('hex') };
    after = last.leaf_index;
  }
}
