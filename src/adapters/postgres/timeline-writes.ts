import { orderKeyOf } from '../../domain/effects.js';
import type { Instant } from '../../domain/instants.js';
import type { ToldEntry } from '../../domain/ports/told-entry.js';
import type { OneStatement } from './one-statement.js';

export interface BufferedTold {
  readonly told: ToldEntry;
  readonly at: Instant;
}

function toldRow({ told, at }: BufferedTold, all: readonly BufferedTold[], index: number): object {
  const { requestId } = told;
  const isOfSame = (one: BufferedTold) => one.told.requestId === requestId;
  return {
    request_id: requestId,
    place: all.slice(0, index + 1).filter(isOfSame).length,
    total: all.filter(isOfSame).length,
    tenant_id: told.tenantId,
    event: told.event,
    by: told.by,
    actor_tenant_id: told.actorTenantId,
    code: told.code,
    facts: told.facts,
    mailed: told.mailed,
    at,
    mail_order: orderKeyOf({ type: 'send-notification', requestId, sequence: 0 }),
  };
}

/**
 * Adds what is told to a statement, under the name `told`: each timeline counts on from where it is. Timelines are taken
 * in the order of their ids, so that two transactions that tell on the same ones do not wait in a circle.
 */
export function addTimelines(statement: OneStatement, told: readonly BufferedTold[]): void {
  if (told.length === 0) return;
  const json = statement.value(JSON.stringify(told.map((one, index) => toldRow(one, told, index))));
  const rows = `jsonb_to_recordset(${json}::jsonb) AS r(request_id uuid, place integer, total integer, tenant_id uuid, event text, by text,
    actor_tenant_id uuid, code text, facts jsonb, mailed boolean, at timestamptz, mail_order text)`;
  statement.add(
    'counted',
    `INSERT INTO timelines (request_id, last_sequence)
     SELECT DISTINCT request_id, total FROM ${rows} ORDER BY request_id
     ON CONFLICT (request_id) DO UPDATE SET last_sequence = timelines.last_sequence + excluded.last_sequence
     RETURNING request_id, last_sequence`,
  );
  statement.add(
    'placed',
    `SELECT r.*, counted.last_sequence - r.total + r.place AS sequence FROM ${rows} JOIN counted USING (request_id)`,
  );
  statement.add(
    'told',
    `INSERT INTO timeline_entries (request_id, sequence, tenant_id, event, by, actor_tenant_id, code, facts, mailed, at)
     SELECT request_id, sequence, tenant_id, event, by, actor_tenant_id, code, facts, mailed, at FROM placed
     RETURNING request_id`,
  );
}
