import { cameToNothing, type PowerOperation } from '../../domain/enforcement/power-operation.js';
import type { Restart } from '../../domain/enforcement/restart.js';
import type { KnownLateStop, LoggedStop, OperationStore } from '../../domain/ports/record-stores.js';
import { operationTable } from './record.tables.js';
import { RowMapper } from './row-mapper.js';
import type { SqlSession } from './sql-session.js';

const operations = new RowMapper(operationTable);

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A start's end may stand on either clock. Where the log has told of the start, too, it told of the stop as what came after
 * it; else only what is further away than the clocks differ came after it.
 */
const lateStops = `WITH told AS (
    SELECT stop.restart_id, own.at FROM unnest($1::uuid[], $2::timestamptz[]) AS own (id, at)
      JOIN power_operations stop ON stop.id = own.id AND stop.kind = 'deallocate'
    UNION SELECT stop.restart_id, cloud.at FROM unnest($3::text[], $4::timestamptz[]) AS cloud (id, at)
      JOIN power_operations stop ON stop.correlation_id = cloud.id AND stop.kind = 'deallocate')
  SELECT told.restart_id, max(last.intended_at + interval '1 millisecond') AS taken_at FROM told
    JOIN restarts r ON r.id = told.restart_id
    JOIN LATERAL (SELECT start.* FROM restarts o JOIN power_operations start ON start.restart_id = o.id AND start.kind = 'start'
      WHERE o.exemption_id = r.exemption_id AND o.vm_id = r.vm_id ORDER BY start.intended_at DESC LIMIT 1) last ON true
  WHERE last.state = 'succeeded'
    AND EXISTS (SELECT FROM power_operations own WHERE own.restart_id = r.id AND own.kind = 'start' AND own.state = 'succeeded')
    AND (last.ended_at + make_interval(secs => $5::double precision) < told.at
      OR EXISTS (SELECT FROM machine_evidence e WHERE e.subscription_id = last.subscription_id AND e.vm_id = last.vm_id
        AND e.kind = 'activity-log' AND e.operation IN (last.id::text, last.correlation_id)))
  GROUP BY told.restart_id`;

export class PostgresOperations implements OperationStore {
  constructor(private readonly sql: SqlSession) {}

  async begin(operation: PowerOperation): Promise<boolean> {
    return (await this.sql.insertNew(operationTable, [operation])) === 1;
  }

  async save(operation: PowerOperation): Promise<void> {
    await this.sql.upsert(operationTable, [operation], ['id']);
  }

  last(restartId: string, kind: 'deallocate' | 'start'): Promise<PowerOperation | null> {
    return this.sql.one(
      operations,
      `SELECT * FROM power_operations WHERE restart_id = $1 AND kind = $2
       ORDER BY (state IN ('intended', 'sent')) DESC, intended_at DESC LIMIT 1`,
      [restartId, kind],
    );
  }

  leftBehind({
    subscriptionId,
    vmId,
  }: Pick<Restart, 'subscriptionId' | 'vmId'>): Promise<PowerOperation | null> {
    return this.sql.one(
      operations,
      `SELECT o.* FROM power_operations o JOIN restarts r ON r.id = o.restart_id
       WHERE o.subscription_id = $1 AND o.vm_id = $2 AND o.state IN ('intended', 'sent')
         AND (o.kind, r.state) NOT IN (('deallocate', 'deallocating'), ('start', 'starting'))`,
      [subscriptionId, vmId],
    );
  }

  async setAside(restartId: string): Promise<void> {
    await this.sql.rows(
      `UPDATE power_operations SET error_code = '${cameToNothing}'
       WHERE restart_id = $1 AND kind = 'deallocate' AND state IN ('failed', 'abandoned')`,
      [restartId],
    );
  }

  stopsOf(restartId: string): Promise<readonly PowerOperation[]> {
    const sql = `SELECT * FROM power_operations WHERE restart_id = $1 AND kind = 'deallocate'`;
    return this.sql.all(operations, sql, [restartId]);
  }

  async oursAmong(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.sql.rows(
      `SELECT id::text AS known FROM power_operations WHERE id = ANY ($1::uuid[])
       UNION SELECT correlation_id FROM power_operations WHERE correlation_id = ANY ($2::text[])`,
      [ids.filter((id) => uuid.test(id)), ids],
    );
    return new Set(rows.map(({ known }) => String(known)));
  }

  async lateStopsAmong(
    stops: readonly LoggedStop[],
    clockMarginMs: number,
  ): Promise<readonly KnownLateStop[]> {
    if (stops.length === 0) return [];
    const own = stops.filter(({ operation }) => uuid.test(operation));
    const rows = await this.sql.rows(lateStops, [
      own.map(({ operation }) => operation),
      own.map(({ at }) => at),
      stops.map(({ operation }) => operation),
      stops.map(({ at }) => at),
      clockMarginMs / 1_000,
    ]);
    return rows.map((row) => ({
      restartId: String(row.restart_id),
      takenAt: new Date(row.taken_at as string | Date).toISOString(),
    }));
  }

  async countInFlight(subscriptionId: string): Promise<number> {
    const [row] = await this.sql.rows(
      `SELECT count(*)::integer AS count FROM power_operations WHERE subscription_id = $1 AND state IN ('intended', 'sent')`,
      [subscriptionId],
    );
    return Number(row?.count ?? 0);
  }
}
