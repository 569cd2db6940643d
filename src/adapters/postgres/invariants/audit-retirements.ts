import type pg from 'pg';
import { retiredLeaves } from '../../audit/retired-leaves.js';
import { Findings } from './findings.js';
import type { Invariant } from './invariant.js';

interface Retirement {
  readonly month: string;
  readonly entry_id: string;
  readonly entries: string;
  readonly leaves_sha256: string;
  readonly action: string | null;
  readonly subject_id: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
  /** Whether the entry of the retirement was itself retired since. */
  readonly is_retired: boolean;
}

/** A month that was retired left its leaves as they were, and an audit entry that says the same. */
export const recordedRetirements: Invariant = {
  id: 'I9',
  sentence: 'what was retired of the audit is recorded, and its leaves are as they were',
  findBroken: async (client) => {
    const findings = new Findings();
    const { rows } = await client.query<Retirement>(
      `SELECT r.*, e.action, e.subject_id, e.details,
         EXISTS (SELECT FROM audit_leaves l JOIN audit_retirements o ON o.month = to_char(l.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM')
           WHERE l.entry_id = r.entry_id) AS is_retired
       FROM audit_retirements r LEFT JOIN audit_entries e ON e.id = r.entry_id ORDER BY r.month`,
    );
    for (const row of rows) {
      const problem = await problemOf(client, row);
      if (problem !== null) findings.add(`the retirement of ${row.month} (entry ${row.entry_id}) ${problem}`);
    }
    const { rows: lost } = await client.query<{ id: string; month: string }>(
      `SELECT e.id, e.subject_id AS month FROM audit_entries e WHERE e.action = 'audit.month-retired'
         AND NOT EXISTS (SELECT FROM audit_retirements r WHERE r.entry_id = e.id) LIMIT 100`,
    );
    findings.add(...lost.map(({ id, month }) => `the retirement of ${month} (entry ${id}) is gone`));
    return findings.all;
  },
};

async function problemOf(client: pg.Client, row: Retirement): Promise<string | null> {
  const { month, entries, leaves_sha256: digest, details } = row;
  if (row.action === null && !row.is_retired) return 'has no audit entry';
  if (row.action !== null) {
    const isSame =
      row.action === 'audit.month-retired' &&
      row.subject_id === month &&
      String(details?.['entries']) === entries &&
      details?.['leaves'] === digest;
    if (!isSame) return 'is not what its audit entry says';
  }
  const now = await retiredLeaves(client, month);
  return String(now.entries) === entries && now.digest === digest ? null : 'has other leaves than it had';
}
