import type { Effect } from '../../domain/effects.js';
import {
  LeaseLost,
  type EffectLease,
  type EffectState,
  type EffectStore,
  type Settlement,
  type StoredEffect,
} from '../../domain/ports/effect-store.js';
import type { SqlSession } from './sql-session.js';
import type { WriteBuffer } from './write-buffer.js';

/** The outbox as one transaction sees it. */
export class PostgresEffects implements EffectStore {
  settlement: Settlement | null = null;

  constructor(
    private readonly sql: SqlSession,
    private readonly buffer: WriteBuffer,
    private readonly lease: EffectLease | undefined,
  ) {}

  /** Kept until the end of the transaction, where it is the last thing written. */
  settle(settlement: Settlement): Promise<void> {
    if (this.lease === undefined) throw new Error('only the worker that holds an effect can settle it');
    this.settlement = settlement;
    return Promise.resolve();
  }

  add(effects: readonly Effect[]): Promise<void> {
    this.buffer.addEffects(effects, null);
    return Promise.resolve();
  }

  async find(id: string): Promise<StoredEffect | null> {
    const [row] = await this.sql.rows('SELECT * FROM effects WHERE id = $1', [id]);
    return row === undefined ? null : storedEffectOf(row);
  }

  async list(filter: {
    readonly state: EffectState | null;
    readonly after: string | null;
    readonly limit: number;
  }): Promise<readonly StoredEffect[]> {
    const rows = await this.sql.rows(
      `SELECT * FROM effects WHERE ($1::text IS NULL OR state = $1)
         AND ($2::uuid IS NULL OR sequence < (SELECT sequence FROM effects WHERE id = $2))
       ORDER BY sequence DESC LIMIT $3`,
      [filter.state, filter.after, filter.limit],
    );
    return rows.map(storedEffectOf);
  }

  /** It goes to the end of its line: what shares its order key and is under way already is not overtaken (I10). */
  async requeue(id: string): Promise<boolean> {
    const changed = await this.sql.change(
      `UPDATE effects SET state = 'pending', epoch = epoch + 1, attempts = 0, losses = 0, ended_at = NULL,
         due_at = created_at, asked_again = false, sequence = DEFAULT WHERE id = $1 AND state = 'dead'
         AND NOT EXISTS (SELECT FROM effects o WHERE o.singleton_key = effects.singleton_key AND o.state IN ('pending', 'dispatched'))`,
      [id],
    );
    return changed === 1;
  }

  /**
   * Sends the settlement under the lease: a worker whose lease was taken over writes nothing at all, because this fails
   * and the whole transaction goes back (invariant I8). What was asked for again meanwhile comes back at once.
   */
  writeSettlement(): void {
    if (this.lease === undefined) return;
    const held = `id = $1 AND lease_token = $2 AND lease_until > clock_timestamp() AND state = 'dispatched'`;
    const parameters = [this.lease.effectId, this.lease.token];
    if (this.settlement === null) {
      this.sql.sendOnlyIfOne(`UPDATE effects SET losses = 0 WHERE ${held}`, parameters, lost);
      return;
    }
    const again = this.settlement.kind === 'again' ? this.settlement.dueAt : null;
    this.sql.sendOnlyIfOne(
      `UPDATE effects SET
         state = CASE WHEN $3::timestamptz IS NOT NULL OR asked_again THEN 'pending' ELSE 'done' END,
         due_at = CASE WHEN asked_again THEN least(due_at, coalesce($3::timestamptz, due_at)) ELSE coalesce($3::timestamptz, due_at) END,
         epoch = epoch + 1, attempts = 0, losses = 0, asked_again = false, dispatched_at = NULL,
         lease_token = NULL, lease_until = NULL, last_error = NULL,
         ended_at = CASE WHEN $3::timestamptz IS NOT NULL OR asked_again THEN NULL ELSE now() END
       WHERE ${held}`,
      [...parameters, again],
      lost,
    );
  }
}

const lost = () => new LeaseLost();

/** An effect as the outbox keeps it. */
export function storedEffectOf(row: Readonly<Record<string, unknown>>): StoredEffect {
  return {
    id: String(row.id),
    effect: { ...(row.payload as object), type: row.type } as Effect,
    state: row.state as EffectState,
    epoch: Number(row.epoch),
    attempts: Number(row.attempts),
    losses: Number(row.losses),
    dueAt: (row.due_at as Date).toISOString(),
    createdAt: (row.created_at as Date).toISOString(),
    lastError: row.last_error as string | null,
  };
}
