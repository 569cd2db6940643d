import { consistencySteps, inclusionSteps } from '../../domain/audit/merkle-tree.js';
import type { Checkpoint } from '../../domain/audit/checkpoint.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type {
  AuditEntry,
  AuditFilter,
  AuditProof,
  AuditStore,
  GrownTree,
} from '../../domain/ports/audit-store.js';
import { entryColumns, entryOf, leafInputOf } from '../audit/audit-entry.js';
import { AuditTree } from './audit-tree.js';
import type { SqlSession } from './sql-session.js';

/** The audit on PostgreSQL. */
export class PostgresAudit implements AuditStore {
  private readonly tree: AuditTree;

  constructor(private readonly sql: SqlSession) {
    this.tree = new AuditTree(sql);
  }

  async entries(filter: AuditFilter, page: Page): Promise<readonly AuditEntry[]> {
    const { subjectId, actorId, action, since, until } = filter;
    const rows = await this.sql.rows(
      `SELECT ${entryColumns} FROM audit_entries e
       WHERE ($1::text IS NULL OR e.subject_id = $1) AND ($2::text IS NULL OR e.actor ->> 'person' IN (SELECT commitment FROM people WHERE object_id = $2 UNION ALL SELECT $2))
         AND ($3::text IS NULL OR e.action = $3) AND ($4::timestamptz IS NULL OR e.recorded_at >= $4)
         AND ($5::timestamptz IS NULL OR e.recorded_at < $5)
         AND ($6::timestamptz IS NULL OR (e.recorded_at, e.id) < ($6, $7::uuid))
       ORDER BY e.recorded_at DESC, e.id DESC LIMIT $8`,
      [
        subjectId,
        actorId,
        action,
        since,
        until,
        page.after?.sort ?? null,
        page.after?.id ?? null,
        page.limit,
      ],
    );
    return rows.map(entryOf);
  }

  async find(entryId: string): Promise<AuditEntry | null> {
    const [row] = await this.sql.rows(`SELECT ${entryColumns} FROM audit_entries e WHERE e.id = $1`, [
      entryId,
    ]);
    return row === undefined ? null : entryOf(row);
  }

  leafInput(entry: AuditEntry): string {
    return leafInputOf(entry);
  }

  async proof(entryId: string): Promise<AuditProof | null> {
    const [leaf] = await this.sql.rows('SELECT leaf_index, leaf_hash FROM audit_leaves WHERE entry_id = $1', [
      entryId,
    ]);
    const [checkpoint] = await this.checkpoints(null, 1);
    if (leaf === undefined || checkpoint === undefined) return null;
    const leafIndex = Number(leaf.leaf_index);
    const path = await this.tree.hashesOf(inclusionSteps(leafIndex, checkpoint.size));
    return { leafIndex, leafHash: (leaf.leaf_hash as Buffer).toString('base64'), path, checkpoint };
  }

  async checkpoints(below: number | null, limit: number): Promise<readonly Checkpoint[]> {
    const rows = await this.sql.rows(
      'SELECT size, note FROM audit_checkpoints WHERE $1::bigint IS NULL OR size < $1 ORDER BY size DESC LIMIT $2',
      [below, limit],
    );
    return rows.map((row) => ({ size: Number(row.size), note: String(row.note) }));
  }

  consistency(from: number, to: number): Promise<readonly string[]> {
    return this.tree.hashesOf(consistencySteps(from, to));
  }

  append(limit: number, among: 'recent' | 'all'): Promise<GrownTree | null> {
    return this.tree.append(limit, among);
  }

  async saveCheckpoint({ size, note }: Checkpoint): Promise<void> {
    await this.sql.rows('INSERT INTO audit_checkpoints (size, note) VALUES ($1, $2)', [size, note]);
  }
}
