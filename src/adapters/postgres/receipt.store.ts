import type { AggregateName } from '../../domain/lifecycle-table.js';
import type { Receipt, ReceiptStore } from '../../domain/ports/people-stores.js';
import type { ReceiptClaims, ReceiptDecision } from '../../domain/receipt.js';
import type { SqlSession } from './sql-session.js';

/** Receipts of decisions, kept as they were signed; nobody changes or removes one. */
export class PostgresReceipts implements ReceiptStore {
  constructor(private readonly sql: SqlSession) {}

  async add(claims: ReceiptClaims, receipt: string): Promise<void> {
    const { aggregate, aggregateId, version, tenantId, requestId, decision, at } = claims;
    await this.sql.rows(
      `INSERT INTO receipts (aggregate, aggregate_id, version, tenant_id, request_id, decision, at, receipt)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [aggregate, aggregateId, version, tenantId, requestId, decision, at, receipt],
    );
  }

  async of(aggregate: AggregateName, id: string): Promise<ReadonlyMap<ReceiptDecision, Receipt>> {
    const rows = await this.sql.rows(
      'SELECT decision, version, at, receipt FROM receipts WHERE aggregate = $1 AND aggregate_id = $2 ORDER BY version',
      [aggregate, id],
    );
    return new Map(rows.map(receiptIn).map((receipt) => [receipt.decision, receipt]));
  }
}

function receiptIn(row: Readonly<Record<string, unknown>>): Receipt {
  return {
    decision: row.decision as ReceiptDecision,
    version: Number(row.version),
    at: (row.at as Date).toISOString(),
    receipt: String(row.receipt),
  };
}
