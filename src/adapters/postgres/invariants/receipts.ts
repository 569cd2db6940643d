import type pg from 'pg';
import { internalCodes } from '../../../domain/reason-codes.js';
import { Findings } from './findings.js';
import type { Invariant } from './invariant.js';

interface ReceiptRow {
  readonly aggregate: string;
  readonly aggregate_id: string;
  readonly version: number;
  readonly decision: string;
  readonly receipt: string;
}

/** Receipts that are read at a time. */
const receiptsAtOnce = 500;
const notForRequesters: readonly string[] = internalCodes();

/** What a stored receipt tells its requester: it is kept as a JWS, so that no query sees into it. */
export const receiptsTellNothingInternal: Invariant = {
  id: 'I9',
  sentence: 'a receipt says what its row says, and carries no code that only staff may read',
  findBroken: async (client) => {
    const findings = new Findings();
    for await (const rows of receiptsOf(client)) {
      for (const row of rows) {
        const wrong = wrongIn(row);
        const { aggregate, aggregate_id: id, version } = row;
        if (wrong !== null)
          findings.add(`the receipt of ${aggregate} ${id}, version ${String(version)}, ${wrong}`);
      }
    }
    return findings.all;
  },
};

async function* receiptsOf(client: pg.Client): AsyncGenerator<readonly ReceiptRow[]> {
  for (let after: readonly unknown[] = [null, null, null]; ;) {
    const { rows }: pg.QueryResult<ReceiptRow> = await client.query<ReceiptRow>(
      `SELECT aggregate, aggregate_id, version, decision, receipt FROM receipts
       WHERE $1::text IS NULL OR (aggregate, aggregate_id, version) > ($1, $2::uuid, $3::integer)
       ORDER BY aggregate, aggregate_id, version LIMIT ${String(receiptsAtOnce)}`,
      [...after],
    );
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < receiptsAtOnce) return;
    after = [last.aggregate, last.aggregate_id, last.version];
  }
}

function wrongIn({ aggregate, aggregate_id: id, version, decision, receipt }: ReceiptRow): string | null {
  const claims = claimsIn(receipt);
  if (claims === null) return 'cannot be read';
  const { about, sub, reasonCode } = claims;
  if (about !== aggregate || sub !== id || claims.version !== version || claims.decision !== decision)
    return 'is about something else';
  if (typeof reasonCode === 'string' && notForRequesters.includes(reasonCode))
    return `tells its requester the internal code ${reasonCode}`;
  return null;
}

function claimsIn(receipt: string): Readonly<Record<string, unknown>> | null {
  try {
    const payload = Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString('utf8');
    return Object(JSON.parse(payload)) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}
