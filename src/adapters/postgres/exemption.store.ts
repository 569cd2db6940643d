import type { Scope } from '../../domain/access/scope.js';
import { unfinishedRestartStates } from '../../domain/enforcement/restart.js';
import { liveExemptionStates, type Exemption } from '../../domain/exemption/exemption.js';
import type { Instant } from '../../domain/instants.js';
import type { ExemptionStore, GateStore, Page, ViolationStore } from '../../domain/ports/aggregate-stores.js';
import type { Gate } from '../../domain/gate/gate.js';
import type { Violation } from '../../domain/violation/violation.js';
import { exemptionTable, gateTable, violationTable } from './aggregate.tables.js';
import { RowMapper } from './row-mapper.js';
import { exemptionsInScope } from './scope-sql.js';
import type { SqlSession } from './sql-session.js';

const exemptions = new RowMapper(exemptionTable);
const gates = new RowMapper(gateTable);
const violations = new RowMapper(violationTable);
const listed = (states: readonly string[]) => states.map((state) => `'${state}'`).join(', ');
const live = listed(liveExemptionStates);
const unfinished = listed(unfinishedRestartStates);

export class PostgresExemptions implements ExemptionStore {
  constructor(private readonly sql: SqlSession) {}

  find(scope: Scope, id: string, now: Instant): Promise<Exemption | null> {
    return this.one(scope, id, now, '');
  }

  lock(scope: Scope, id: string, now: Instant): Promise<Exemption | null> {
    return this.one(scope, id, now, 'FOR UPDATE OF e');
  }

  findLive(subscriptionId: string): Promise<Exemption | null> {
    return this.sql.one(
      exemptions,
      `SELECT e.* FROM exemptions e WHERE e.subscription_id = $1 AND e.state IN (${live})`,
      [subscriptionId],
    );
  }

  async movedAt(id: string): Promise<Instant | null> {
    const [row] = await this.sql.prepared('SELECT moved_at FROM exemptions WHERE id = $1', [id]);
    return row?.moved_at instanceof Date ? row.moved_at.toISOString() : null;
  }

  list(filter: Parameters<ExemptionStore['list']>[0], page: Page): Promise<readonly Exemption[]> {
    return this.sql.all(
      exemptions,
      `SELECT e.* FROM exemptions e
       WHERE ($1::text[] IS NULL OR e.state = ANY ($1)) AND ($2::uuid IS NULL OR e.subscription_id = $2)
         AND ($3::timestamptz IS NULL OR (e.granted_at, e.id) < ($3, $4::uuid))
         AND ($6::boolean IS NULL OR $6 = EXISTS (
           SELECT FROM conduct_notes n WHERE n.exemption_id = e.id AND n.fence = e.fence AND n.human_needed_since IS NOT NULL))
       ORDER BY e.granted_at DESC, e.id DESC LIMIT $5`,
      [
        ...[
          filter.states,
          filter.subscriptionId,
          page.after?.sort ?? null,
          page.after?.id ?? null,
          page.limit,
        ],
        filter.needsHuman,
      ],
    );
  }

  async expired(now: Instant, limit: number): Promise<readonly string[]> {
    const rows = await this.sql.rows(
      `SELECT id FROM exemptions WHERE expires_on <= $1 AND ended_at IS NULL AND state IN ('enabling', 'effective', 'suspended')
       ORDER BY expires_on LIMIT $2`,
      [now, limit],
    );
    return rows.map((row) => String(row.id));
  }

  async countLive(): Promise<number> {
    const sql = `SELECT count(*)::integer AS count FROM exemptions WHERE state IN (${live})`;
    const [row] = await this.sql.rows(sql, []);
    return Number(row?.count ?? 0);
  }

  async unattended(limit: number): Promise<readonly string[]> {
    const rows = await this.sql.rows(
      // A machine that we stopped is to be started again after the end of the right, too (I18).
      `SELECT kept.id FROM (
         SELECT e.id FROM exemptions e WHERE e.state IN (${live})
         UNION SELECT r.exemption_id FROM restarts r WHERE r.stopped_by_us AND r.state IN (${unfinished})) AS kept
       WHERE NOT EXISTS (SELECT FROM effects f WHERE f.singleton_key = 'conduct_' || kept.id AND f.state IN ('pending', 'dispatched'))
       LIMIT $1`,
      [limit],
    );
    return rows.map((row) => String(row.id));
  }

  private one(scope: Scope, id: string, now: Instant, lock: string): Promise<Exemption | null> {
    const inScope = exemptionsInScope(scope, now, 'e', 2);
    const sql = `SELECT e.* FROM exemptions e WHERE e.id = $1 AND ${inScope.sql} ${lock}`;
    return this.sql.one(exemptions, sql, [id, ...inScope.parameters]);
  }
}

export class PostgresGates implements GateStore {
  constructor(private readonly sql: SqlSession) {}

  find(subscriptionId: string): Promise<Gate | null> {
    return this.sql.one(gates, 'SELECT * FROM gates WHERE id = $1', [subscriptionId]);
  }

  lock(subscriptionId: string): Promise<Gate | null> {
    return this.sql.one(gates, 'SELECT * FROM gates WHERE id = $1 FOR UPDATE', [subscriptionId]);
  }

  takeEnded(now: Instant, before: Instant, limit: number): Promise<readonly Gate[]> {
    return this.sql.all(
      gates,
      `WITH due AS (SELECT g.id FROM gates g JOIN exemptions e ON e.id = g.exemption_id
           WHERE g.state = 'closed' AND e.ended_at IS NOT NULL AND (g.watched_at IS NULL OR g.watched_at <= $2)
           ORDER BY g.watched_at NULLS FIRST LIMIT $3 FOR UPDATE OF g SKIP LOCKED),
         taken AS (UPDATE gates SET watched_at = $1 FROM due WHERE gates.id = due.id RETURNING gates.*)
       SELECT * FROM taken`,
      [now, before, limit],
    );
  }

  unattended(limit: number): Promise<readonly Gate[]> {
    return this.sql.all(
      gates,
      `SELECT g.* FROM gates g WHERE g.state IN ('opening', 'closing')
         AND NOT EXISTS (SELECT FROM effects f WHERE f.order_key = 'gate_' || g.id AND f.state IN ('pending', 'dispatched'))
       LIMIT $1`,
      [limit],
    );
  }
}

export class PostgresViolations implements ViolationStore {
  constructor(private readonly sql: SqlSession) {}

  find(id: string): Promise<Violation | null> {
    return this.sql.one(violations, 'SELECT * FROM violations WHERE id = $1', [id]);
  }

  lock(id: string): Promise<Violation | null> {
    return this.sql.one(violations, 'SELECT * FROM violations WHERE id = $1 FOR UPDATE', [id]);
  }

  list(filter: Parameters<ViolationStore['list']>[0], page: Page): Promise<readonly Violation[]> {
    return this.sql.all(
      violations,
      `SELECT * FROM violations
       WHERE ($1::text[] IS NULL OR state = ANY ($1)) AND ($2::uuid IS NULL OR exemption_id = $2)
         AND ($3::timestamptz IS NULL OR (recorded_at, id) < ($3, $4::uuid))
       ORDER BY recorded_at DESC, id DESC LIMIT $5`,
      [filter.states, filter.exemptionId, page.after?.sort ?? null, page.after?.id ?? null, page.limit],
    );
  }
}
