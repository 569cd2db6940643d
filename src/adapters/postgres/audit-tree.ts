import { CompactRange } from '../../domain/audit/compact-range.js';
import {
  rootOver,
  wholeSubtreesOf,
  type ProofStep,
  type WholeSubtree,
} from '../../domain/audit/merkle-tree.js';
import type { AuditEntry, GrownTree } from '../../domain/ports/audit-store.js';
import { entryColumns, entryOf, hashChildren, leafHash, leafInputOf } from '../audit/audit-entry.js';
import type { SqlSession } from './sql-session.js';

/** Any number: the lock of whoever appends to the tree, for the length of a transaction. */
export const appendLockKey = 9_162_001;

/** Longer than any transaction lives that is not stuck (data-source.ts). */
const recentlyRecorded = `e.recorded_at > now() - interval '1 hour'`;

/** The stored tree: leaves, and the whole subtrees above them. */
export class AuditTree {
  constructor(private readonly sql: SqlSession) {}

  async size(): Promise<number> {
    const [row] = await this.sql.rows('SELECT coalesce(max(leaf_index) + 1, 0) AS size FROM audit_leaves');
    return Number(row?.size ?? 0);
  }

  /** The hashes of a proof's steps, in base64: one query for all of them. */
  async hashesOf(steps: readonly ProofStep[]): Promise<readonly string[]> {
    const found = await this.subtrees(steps.flat());
    return steps.map((step) => rootOver(step.map(found), hashChildren).toString('base64'));
  }

  async append(limit: number, among: 'recent' | 'all'): Promise<GrownTree | null> {
    await this.sql.rows('SELECT pg_advisory_xact_lock($1)', [appendLockKey]);
    const entries = await this.withoutPlace(limit, among);
    if (entries.length === 0) return null;
    const size = await this.size();
    const edge = wholeSubtreesOf(size);
    const found = await this.subtrees(edge);
    const range = new CompactRange<Buffer>(size, edge.map(found), hashChildren);
    const hashes = entries.map((entry) => leafHash(leafInputOf(entry)));
    const nodes = hashes.flatMap((hash) => range.append(hash));
    await this.insertLeaves(size, entries, hashes);
    await this.insertNodes(nodes);
    return { appended: entries.length, size: range.size, rootHash: range.root().toString('base64') };
  }

  private async withoutPlace(limit: number, among: 'recent' | 'all'): Promise<readonly AuditEntry[]> {
    // A look at every entry there is may take longer than statements usually may.
    if (among === 'all') await this.sql.rows(`SET LOCAL statement_timeout = '10min'`);
    const rows = await this.sql.rows(
      `SELECT ${entryColumns} FROM audit_entries e
       WHERE ${among === 'all' ? 'true' : recentlyRecorded}
         AND NOT EXISTS (SELECT FROM audit_leaves l WHERE l.entry_id = e.id)
       ORDER BY e.recorded_at, e.sequence LIMIT $1`,
      [limit],
    );
    return rows.map(entryOf);
  }

  private async subtrees(wanted: readonly WholeSubtree[]): Promise<(subtree: WholeSubtree) => Buffer> {
    const leaves = wanted.filter(({ level }) => level === 0).map(({ index }) => index);
    const nodes = wanted.filter(({ level }) => level > 0);
    const rows = await this.sql.rows(
      `SELECT 0 AS level, leaf_index AS index, leaf_hash AS hash FROM audit_leaves WHERE leaf_index = ANY ($1::bigint[])
       UNION ALL
       SELECT level, node_index, hash FROM audit_nodes
       JOIN unnest($2::smallint[], $3::bigint[]) AS wanted(level, node_index) USING (level, node_index)`,
      [leaves, nodes.map(({ level }) => level), nodes.map(({ index }) => index)],
    );
    const found = new Map(
      rows.map((row) => [`${Number(row.level)}/${Number(row.index)}`, row.hash as Buffer]),
    );
    return ({ level, index }) => {
      const hash = found.get(`${level}/${index}`);
      if (hash === undefined)
        throw new Error(`the audit tree lacks its subtree ${level}/${index}; run "npm run verify"`);
      return hash;
    };
  }

  private async insertLeaves(
    size: number,
    entries: readonly AuditEntry[],
    hashes: readonly Buffer[],
  ): Promise<void> {
    await this.sql.rows(
      `INSERT INTO audit_leaves (leaf_index, entry_id, recorded_at, history_sequence, leaf_hash)
       SELECT $1::bigint + n.place - 1, n.entry_id, n.recorded_at, n.history_sequence, n.leaf_hash
       FROM unnest($2::uuid[], $3::timestamptz[], $4::bigint[], $5::bytea[])
         WITH ORDINALITY AS n(entry_id, recorded_at, history_sequence, leaf_hash, place)`,
      [
        size,
        entries.map(({ id }) => id),
        entries.map(({ recordedAt }) => recordedAt),
        entries.map(({ historySequence }) => historySequence),
        hashes,
      ],
    );
  }

  private async insertNodes(nodes: readonly (WholeSubtree & { readonly hash: Buffer })[]): Promise<void> {
    if (nodes.length === 0) return;
    await this.sql.rows(
      `INSERT INTO audit_nodes (level, node_index, hash) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])`,
      [nodes.map(({ level }) => level), nodes.map(({ index }) => index), nodes.map(({ hash }) => hash)],
    );
  }
}
