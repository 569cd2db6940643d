import type { Evidence, Machine } from '../../domain/enforcement/machine.js';
import {
  type Restart,
  type RestartState,
  unfinishedRestartStates,
} from '../../domain/enforcement/restart.js';
import type { RestartStore } from '../../domain/ports/aggregate-stores.js';
import type { EvidenceStore, MachineStore } from '../../domain/ports/record-stores.js';
import { restartTable } from './aggregate.tables.js';
import { evidenceTable, machineTable } from './record.tables.js';
import { RowMapper } from './row-mapper.js';
import type { SqlSession } from './sql-session.js';

const restarts = new RowMapper(restartTable);
const machines = new RowMapper(machineTable);
const evidence = new RowMapper(evidenceTable);

const unfinished = unfinishedRestartStates.map((state) => `'${state}'`).join(', ');

/** Of a machine that was planned again under the same fence, the last. */
const isLastRound = `NOT EXISTS (SELECT FROM restarts l WHERE l.exemption_id = r.exemption_id AND l.vm_id = r.vm_id
  AND l.direction = r.direction AND l.fence = r.fence AND l.round > r.round)`;

/** Rows a statement: an insert has at most 65,535 parameters. */
const rowsAtOnce = 1_000;

export class PostgresRestarts implements RestartStore {
  constructor(private readonly sql: SqlSession) {}

  find(id: string): Promise<Restart | null> {
    return this.sql.one(restarts, 'SELECT * FROM restarts WHERE id = $1', [id]);
  }

  lock(id: string): Promise<Restart | null> {
    return this.sql.one(restarts, 'SELECT * FROM restarts WHERE id = $1 FOR UPDATE', [id]);
  }

  lockLatest(exemptionId: string, vmId: string): Promise<Restart | null> {
    return this.sql.one(
      restarts,
      // A machine that we stopped and could not start waits for a human, whatever was planned for it since (I18).
      `SELECT * FROM restarts WHERE exemption_id = $1 AND vm_id = $2
       ORDER BY (stopped_by_us AND state IN ('failed', 'blocked')) DESC, fence DESC, round DESC LIMIT 1 FOR UPDATE`,
      [exemptionId, vmId],
    );
  }

  ofExemption(exemptionId: string): Promise<readonly Restart[]> {
    return this.sql.all(restarts, 'SELECT * FROM restarts WHERE exemption_id = $1 ORDER BY fence, name', [
      exemptionId,
    ]);
  }

  async hasUnfinished(exemptionId: string): Promise<boolean> {
    const sql = `SELECT EXISTS (SELECT FROM restarts WHERE exemption_id = $1 AND state IN (${unfinished})) AS found`;
    const [row] = await this.sql.prepared(sql, [exemptionId]);
    return row?.found === true;
  }

  haltersOf({
    exemptionId,
    direction,
    fence,
  }: Pick<Restart, 'exemptionId' | 'direction' | 'fence'>): Promise<readonly Restart[]> {
    return this.sql.all(
      restarts,
      `SELECT * FROM restarts r
       WHERE r.exemption_id = $1 AND r.direction = $2 AND r.fence = $3
         AND (r.state = 'failed' OR (r.stopped_by_us AND r.state <> 'deallocating' AND r.blocker IS NOT NULL))
         AND ${isLastRound} LIMIT 1`,
      [exemptionId, direction, fence],
    );
  }

  async countByState(
    exemptionId: string,
    fence: number,
  ): Promise<Readonly<Partial<Record<RestartState, number>>>> {
    const rows = await this.sql.rows(
      `SELECT r.state, count(*)::integer AS count FROM restarts r
       WHERE r.exemption_id = $1 AND r.fence = $2 AND r.state <> 'superseded'
         AND ${isLastRound}
       GROUP BY r.state`,
      [exemptionId, fence],
    );
    return Object.fromEntries(rows.map((row) => [String(row.state), Number(row.count)]));
  }

  async unattended(limit: number): Promise<readonly string[]> {
    const rows = await this.sql.rows(
      `SELECT r.id FROM restarts r WHERE r.state IN ('deallocating', 'starting')
         AND NOT EXISTS (SELECT FROM effects f WHERE f.singleton_key = 'restart_' || r.id AND f.state IN ('pending', 'dispatched'))
       LIMIT $1`,
      [limit],
    );
    return rows.map((row) => String(row.id));
  }
}

export class PostgresMachines implements MachineStore {
  constructor(private readonly sql: SqlSession) {}

  ofSubscription(subscriptionId: string): Promise<readonly Machine[]> {
    return this.sql.all(machines, 'SELECT * FROM machines WHERE subscription_id = $1 ORDER BY name', [
      subscriptionId,
    ]);
  }

  find(subscriptionId: string, vmId: string): Promise<Machine | null> {
    return this.sql.one(machines, 'SELECT * FROM machines WHERE subscription_id = $1 AND vm_id = $2', [
      subscriptionId,
      vmId,
    ]);
  }

  /** A machine that is given twice (a listing whose pages moved) is saved as it was given last. */
  saveAll(given: readonly Machine[]): Promise<void> {
    return this.save(given, '');
  }

  saveSeen(given: readonly Machine[]): Promise<void> {
    return this.save(given, 'WHERE machines.seen_at <= excluded.seen_at');
  }

  private async save(given: readonly Machine[], onlyIf: string): Promise<void> {
    const changed = [...new Map(given.map((each) => [`${each.subscriptionId} ${each.vmId}`, each])).values()];
    for (let from = 0; from < changed.length; from += rowsAtOnce) {
      const rows = changed.slice(from, from + rowsAtOnce);
      await this.sql.upsert(machineTable, rows, ['subscriptionId', 'vmId'], onlyIf);
    }
  }
}

export class PostgresEvidence implements EvidenceStore {
  constructor(private readonly sql: SqlSession) {}

  addAll(pieces: readonly Evidence[]): Promise<void> {
    for (let from = 0; from < pieces.length; from += rowsAtOnce) {
      this.sql.send(this.sql.insertNew(evidenceTable, pieces.slice(from, from + rowsAtOnce)));
    }
    return Promise.resolve();
  }

  latestOf(subscriptionId: string, vmIds: readonly string[], most: number): Promise<readonly Evidence[]> {
    return this.sql.all(
      evidence,
      `SELECT * FROM (
         SELECT e.*, row_number() OVER (PARTITION BY e.vm_id, e.kind ORDER BY e.at DESC, e.fact) AS place
         FROM machine_evidence e WHERE e.subscription_id = $1 AND e.vm_id = ANY ($2::text[])) ranked
       WHERE place <= $3 ORDER BY at`,
      [subscriptionId, vmIds, most],
    );
  }

  ofMachines(subscriptionId: string, vmIds: readonly string[]): Promise<readonly Evidence[]> {
    return this.sql.all(
      evidence,
      'SELECT * FROM machine_evidence WHERE subscription_id = $1 AND vm_id = ANY ($2::text[]) ORDER BY at',
      [subscriptionId, vmIds],
    );
  }
}
