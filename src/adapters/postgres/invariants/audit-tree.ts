import type pg from 'pg';
import { CompactRange } from '../../../domain/audit/compact-range.js';
import type { WholeSubtree } from '../../../domain/audit/merkle-tree.js';
import { entryColumns, entryOf, hashChildren, leafHash, leafInputOf } from '../../audit/audit-entry.js';
import { isRetired } from './audit-lines.js';
import { Findings } from './findings.js';
import type { Invariant } from './invariant.js';

type Row = Readonly<Record<string, unknown>>;
type Node = WholeSubtree & { readonly hash: Buffer };

/** Leaves that are read with their entries at a time. */
const leavesAtOnce = 500;

/** Entries, leaves, nodes and checkpoints are one tree: walked from its first leaf to its last, in bounded memory. */
export const oneTree: Invariant = {
  id: 'I9',
  sentence: 'audit entries, leaves, nodes and checkpoints are one tree, in its order, without a gap',
  findBroken: async (client) => {
    const walk = new Walk(client);
    await walk.leaves();
    await walk.end();
    return walk.findings.all;
  },
};

class Walk {
  readonly findings = new Findings();
  private readonly range = new CompactRange<Buffer>(0, [], hashChildren);
  private isTorn = false;

  constructor(private readonly client: pg.Client) {}

  /** Every leaf after the other: its entry, the nodes that it completes, the checkpoints over it. */
  async leaves(): Promise<void> {
    for (let after = -1; ;) {
      const { rows } = await this.client.query<Row>(
        `SELECT l.leaf_index, l.entry_id, l.leaf_hash, l.history_sequence AS of_line, ${isRetired} AS retired, ${entryColumns}
         FROM audit_leaves l LEFT JOIN audit_entries e ON e.recorded_at = l.recorded_at AND e.id = l.entry_id
         WHERE l.leaf_index > $1 ORDER BY l.leaf_index LIMIT ${String(leavesAtOnce)}`,
        [after],
      );
      const begin = this.range.size;
      const nodes: Node[] = [];
      const roots = new Map<number, string>();
      for (const row of rows) {
        if (Number(row.leaf_index) !== this.range.size) {
          this.findings.add(`leaf ${String(this.range.size)} is missing`);
          this.isTorn = true;
          return;
        }
        this.entry(row);
        nodes.push(...this.range.append(row.leaf_hash as Buffer));
        roots.set(this.range.size, this.range.root().toString('base64'));
      }
      await this.spelling(rows);
      await this.nodes(nodes);
      await this.checkpoints(begin, roots);
      if (rows.length < leavesAtOnce) return;
      after = this.range.size - 1;
    }
  }

  /** What there is beyond the last leaf, and what there is without one. */
  async end(): Promise<void> {
    const { size } = this.range;
    const { rows } = await this.client.query<Row>(
      `SELECT 'checkpoint ' || size || ' is larger than the tree, which has ' || $1::bigint || ' leaves' AS broken
         FROM audit_checkpoints WHERE size > $1
       UNION ALL
       SELECT 'leaf ' || $1::bigint - 1 || ' was never signed for, nor the others after the newest checkpoint'
         WHERE $1 > 0 AND NOT EXISTS (SELECT FROM audit_checkpoints WHERE size >= $1)
       UNION ALL
       SELECT 'node ' || level || '/' || node_index || ' stands over leaves that there are not'
         FROM audit_nodes WHERE (node_index + 1) * (2::numeric ^ level) > $1 LIMIT 100`,
      [size],
    );
    this.findings.add(...rows.map(({ broken }) => String(broken)));
    this.isTorn ||= rows.some(({ broken }) => String(broken).includes('larger than the tree'));
    await this.placeless();
  }

  private entry(row: Row): void {
    if (row.id === null) {
      if (row.retired !== true)
        this.findings.add(`entry ${String(row.entry_id)} of leaf ${String(row.leaf_index)} is gone`);
      return;
    }
    const entry = entryOf(row);
    const isSame = leafHash(leafInputOf(entry)).equals(row.leaf_hash as Buffer);
    const ofLine = row.of_line === null ? null : Number(row.of_line);
    if (!isSame || ofLine !== entry.historySequence)
      this.findings.add(
        `entry ${entry.id} is not what leaf ${String(row.leaf_index)} was made of (${entry.action})`,
      );
  }

  /** Two spellings of a number are one to JSON, and one hash; the database keeps both. */
  private async spelling(rows: readonly Row[]): Promise<void> {
    const entries = rows.filter(({ id }) => id !== null).map(entryOf);
    const { rows: found } = await this.client.query<Row>(
      `SELECT e.id FROM audit_entries e JOIN unnest($1::timestamptz[], $2::uuid[], $3::jsonb[], $4::jsonb[])
         AS s(recorded_at, id, actor, details) USING (recorded_at, id)
       WHERE e.actor::text <> s.actor::text OR e.details::text <> s.details::text`,
      [
        entries.map(({ recordedAt }) => recordedAt),
        entries.map(({ id }) => id),
        entries.map(({ actor }) => JSON.stringify(actor)),
        entries.map(({ details }) => JSON.stringify(details)),
      ],
    );
    this.findings.add(...found.map(({ id }) => `entry ${String(id)} is spelt otherwise than it was written`));
  }

  private async nodes(nodes: readonly Node[]): Promise<void> {
    const { rows } = await this.client.query<Row>(
      `SELECT level, node_index, n.hash IS NULL AS missing,
         (SELECT entry_id FROM audit_leaves WHERE leaf_index = node_index * (2::numeric ^ level)::bigint) AS first,
         (SELECT entry_id FROM audit_leaves WHERE leaf_index = (node_index + 1) * (2::numeric ^ level)::bigint - 1) AS last
       FROM unnest($1::smallint[], $2::bigint[], $3::bytea[]) AS w(level, node_index, hash)
       LEFT JOIN audit_nodes n USING (level, node_index) WHERE n.hash IS DISTINCT FROM w.hash`,
      [nodes.map(({ level }) => level), nodes.map(({ index }) => index), nodes.map(({ hash }) => hash)],
    );
    for (const { level, node_index: index, missing, first, last } of rows) {
      const what = missing === true ? 'is missing' : 'is not what its leaves give';
      const over = `the entries ${String(first)} to ${String(last)}`;
      this.findings.add(`node ${String(level)}/${String(index)} over ${over} ${what}`);
    }
  }

  private async checkpoints(begin: number, roots: ReadonlyMap<number, string>): Promise<void> {
    const { rows } = await this.client.query<Row>(
      'SELECT size, note FROM audit_checkpoints WHERE size > $1 AND size <= $2 ORDER BY size',
      [begin, this.range.size],
    );
    for (const { size, note } of rows) {
      const [, said, root] = String(note).split('\n');
      if (said !== String(size) || root !== roots.get(Number(size)))
        this.findings.add(`checkpoint ${String(size)} was signed over another tree than its leaves give`);
    }
  }

  /** An entry waits for its place for seconds; where leaves are gone, those without one are named, whatever their age. */
  private async placeless(): Promise<void> {
    const { rows } = await this.client.query<Row>(
      `SELECT 'entry ' || e.id || ' has no leaf (' || e.action || ')' AS broken FROM audit_entries e
       WHERE NOT EXISTS (SELECT FROM audit_leaves l WHERE l.entry_id = e.id)
         AND ($1 OR e.recorded_at < (SELECT max(recorded_at) FROM audit_leaves) - interval '2 hours')
       ORDER BY e.recorded_at LIMIT 100`,
      [this.isTorn],
    );
    this.findings.add(...rows.map(({ broken }) => String(broken)));
  }
}
