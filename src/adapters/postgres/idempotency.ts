import { createHash } from 'node:crypto';
import type { Actor } from '../../domain/access/actor.js';
import {
  AnswerReplayed,
  type IdempotencyRequest,
  type StoredAnswer,
} from '../../domain/ports/unit-of-work.js';
import { conflict, policyRefuses } from '../../domain/refusals.js';
import type { SqlSession } from './sql-session.js';

interface Scope {
  readonly tenantId: string;
  readonly objectId: string;
}

/** The answers of idempotency keys, written in the transaction of the effect (invariant I11). */
export class IdempotencyKeys {
  private readonly scope: Scope | null;

  constructor(
    private readonly sql: SqlSession,
    actor: Actor,
    private readonly request: IdempotencyRequest | undefined,
  ) {
    this.scope = actor.kind === 'caller' ? { tenantId: actor.tenantId, objectId: actor.objectId } : null;
  }

  /** Throws AnswerReplayed for what was answered before, and refusals for a key in use or one for another body. */
  async replayIfAnswered(): Promise<void> {
    if (this.request === undefined || this.scope === null) return;
    const [row] = await this.sql.rows(
      `SELECT pg_try_advisory_xact_lock($6::bigint) AS locked, k.body_hash, k.status, k.headers, k.body
       FROM (SELECT 1) one LEFT JOIN idempotency_keys k ON k.tenant_id = $1 AND k.object_id = $2 AND k.method = $3
         AND k.path = $4 AND k.key = $5 AND k.created_at > now() - interval '24 hours'`,
      [...this.primaryKey(), this.lockKey()],
    );
    if (row !== undefined && row.status !== null) throw this.answered(row);
    if (row?.locked !== true) {
      throw conflict(
        'idempotency-key-in-use',
        'A request with this Idempotency-Key is still running.',
        'Wait for its answer, or ask again with the same key in a moment.',
      );
    }
  }

  /** Keeps an answer; false where another one is kept already, which stays. */
  async store(answer: StoredAnswer): Promise<boolean> {
    if (this.request === undefined || this.scope === null) return true;
    const stored = await this.sql.rows(
      `INSERT INTO idempotency_keys (tenant_id, object_id, method, path, key, body_hash, status, headers, body)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (tenant_id, object_id, method, path, key) DO UPDATE
         SET body_hash = excluded.body_hash, status = excluded.status, headers = excluded.headers, body = excluded.body, created_at = now()
         WHERE idempotency_keys.created_at <= now() - interval '24 hours'
       RETURNING true AS stored`,
      [
        ...this.primaryKey(),
        this.request.bodyHash,
        answer.status,
        JSON.stringify(answer.headers),
        JSON.stringify(answer.body ?? null),
      ],
    );
    return stored.length === 1;
  }

  private answered(row: Readonly<Record<string, unknown>>): Error {
    if (row.body_hash !== this.request?.bodyHash) {
      return policyRefuses([
        {
          code: 'idempotency-key-reused',
          message: 'This Idempotency-Key was used with another body.',
          nextStep: 'Send the same body again, or take a new key for a new request.',
        },
      ]);
    }
    return new AnswerReplayed({
      status: Number(row.status),
      headers: row.headers as Readonly<Record<string, string>>,
      body: row.body,
    });
  }

  private primaryKey(): readonly string[] {
    const { tenantId = '', objectId = '' } = this.scope ?? {};
    const { method = '', path = '', key = '' } = this.request ?? {};
    return [tenantId, objectId, method, path, key];
  }

  /** 63 bits of the key's whole scope: two keys that share them only make one wait for the other. */
  private lockKey(): string {
    const digest = createHash('sha256').update(JSON.stringify(this.primaryKey())).digest();
    return (digest.readBigUInt64BE(0) >> 1n).toString();
  }
}
