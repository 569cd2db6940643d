import type { Instant } from '../../domain/instants.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { ControlProofStore } from '../../domain/ports/control-proof-store.js';
import type { ControlProof } from '../../domain/subscription/control-proof.js';
import { controlProofTable } from './partner.tables.js';
import { RowMapper } from './row-mapper.js';
import type { SqlSession } from './sql-session.js';

const proofs = new RowMapper(controlProofTable);
/** A proof is of one owner's subscription: what was shown to a former one says nothing, and is nobody's to read. */
const ofOwner = `EXISTS (SELECT FROM subscriptions s
  WHERE s.subscription_id = control_proofs.subscription_id AND s.tenant_id = control_proofs.tenant_id)`;

export class PostgresControlProofs implements ControlProofStore {
  constructor(private readonly sql: SqlSession) {}

  find(id: string): Promise<ControlProof | null> {
    return this.sql.one(proofs, 'SELECT * FROM control_proofs WHERE id = $1', [id]);
  }

  lock(id: string): Promise<ControlProof | null> {
    return this.sql.one(proofs, 'SELECT * FROM control_proofs WHERE id = $1 FOR UPDATE', [id]);
  }

  add(proof: ControlProof): Promise<void> {
    return this.sql.insert(controlProofTable, [proof]);
  }

  save(proof: ControlProof): Promise<void> {
    return this.sql.upsert(controlProofTable, [proof], ['id']);
  }

  list(subscriptionId: string, provesFor: string | null, page: Page): Promise<readonly ControlProof[]> {
    return this.sql.all(
      proofs,
      `SELECT * FROM control_proofs WHERE subscription_id = $1 AND ($2::uuid IS NULL OR proves_for = $2) AND ${ofOwner}
         AND ($3::timestamptz IS NULL OR (asked_at, id) < ($3, $4::uuid))
       ORDER BY asked_at DESC, id DESC LIMIT $5`,
      [subscriptionId, provesFor, page.after?.sort ?? null, page.after?.id ?? null, page.limit],
    );
  }

  best(subscriptionId: string, provesFor: string, now: Instant): Promise<ControlProof | null> {
    return this.sql.one(
      proofs,
      `SELECT * FROM control_proofs WHERE subscription_id = $1 AND proves_for = $2 AND ${ofOwner}
       ORDER BY (state = 'proven' AND expires_at > $3::timestamptz) DESC, asked_at DESC, id DESC LIMIT 1`,
      [subscriptionId, provesFor, now],
    );
  }

  findOpen(subscriptionId: string, provesFor: string, now: Instant): Promise<ControlProof | null> {
    return this.sql.one(
      proofs,
      `SELECT * FROM control_proofs WHERE subscription_id = $1 AND proves_for = $2 AND ${ofOwner}
         AND state = 'awaiting-tag' AND expires_at > $3::timestamptz LIMIT 1`,
      [subscriptionId, provesFor, now],
    );
  }
}
