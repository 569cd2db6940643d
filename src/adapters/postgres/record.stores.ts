import type { Instant } from '../../domain/instants.js';
import type { AggregateName } from '../../domain/lifecycle-table.js';
import type {
  Claim,
  ClaimStore,
  FindingStore,
  HistoryStore,
  MachineHistoryEntry,
  Note,
  NoteStore,
} from '../../domain/ports/record-stores.js';
import type { StoredHistoryEntry } from '../../domain/ports/told-entry.js';
import type { Finding } from '../../domain/fraud/fraud-check.js';
import { claimTable, findingTable, noteTable, type FindingRow } from './record.tables.js';
import { RowMapper } from './row-mapper.js';
import type { SqlSession } from './sql-session.js';

const findings = new RowMapper(findingTable);
const claims = new RowMapper(claimTable);
const notes = new RowMapper(noteTable);

export class PostgresFindings implements FindingStore {
  constructor(private readonly sql: SqlSession) {}

  async add(requestId: string, round: number, finding: Finding): Promise<boolean> {
    return (await this.sql.insertNew<FindingRow>(findingTable, [{ ...finding, requestId, round }])) === 1;
  }

  ofRound(requestId: string, round: number): Promise<readonly Finding[]> {
    return this.sql.all(
      findings,
      'SELECT * FROM findings WHERE request_id = $1 AND round = $2 ORDER BY "check"',
      [requestId, round],
    );
  }

  ofRequest(requestId: string): Promise<readonly FindingRow[]> {
    return this.sql.all(findings, 'SELECT * FROM findings WHERE request_id = $1 ORDER BY round, "check"', [
      requestId,
    ]);
  }

  async countOfRound(requestId: string, round: number): Promise<number> {
    const sql = 'SELECT count(*)::integer AS count FROM findings WHERE request_id = $1 AND round = $2';
    const [row] = await this.sql.prepared(sql, [requestId, round]);
    return Number(row?.count ?? 0);
  }
}

export class PostgresClaims implements ClaimStore {
  constructor(private readonly sql: SqlSession) {}

  find(requestId: string, now: Instant): Promise<Claim | null> {
    return this.standing(requestId, now, '');
  }

  lock(requestId: string, now: Instant): Promise<Claim | null> {
    return this.standing(requestId, now, 'FOR UPDATE');
  }

  async save(claim: Claim): Promise<void> {
    await this.sql.upsert(claimTable, [claim], ['requestId']);
  }

  async release(requestId: string): Promise<void> {
    await this.sql.change('DELETE FROM claims WHERE request_id = $1', [requestId]);
  }

  private standing(requestId: string, now: Instant, lock: '' | 'FOR UPDATE'): Promise<Claim | null> {
    const sql = `SELECT * FROM claims WHERE request_id = $1 AND until > $2 ${lock}`;
    return this.sql.one(claims, sql, [requestId, now]);
  }
}

export class PostgresNotes implements NoteStore {
  constructor(private readonly sql: SqlSession) {}

  add(note: Note): Promise<void> {
    return this.sql.insert(noteTable, [note]);
  }

  of(requestId: string): Promise<readonly Note[]> {
    return this.sql.all(notes, 'SELECT * FROM notes WHERE request_id = $1 ORDER BY at, id', [requestId]);
  }
}

export class PostgresHistory implements HistoryStore {
  constructor(private readonly sql: SqlSession) {}

  async of(aggregate: AggregateName, id: string): Promise<readonly StoredHistoryEntry[]> {
    const sql = 'SELECT * FROM history WHERE aggregate = $1 AND aggregate_id = $2 ORDER BY version';
    return (await this.sql.rows(sql, [aggregate, id])).map(historyEntryOf);
  }

  async troublesOfMachines(exemptionId: string, limit: number): Promise<readonly MachineHistoryEntry[]> {
    const rows = await this.sql.rows(
      `SELECT h.*, r.vm_id, r.name FROM restarts r JOIN history h ON h.aggregate = 'restart' AND h.aggregate_id = r.id
       WHERE r.exemption_id = $1 AND h.event ->> 'type' = ANY ($2) ORDER BY h.sequence DESC LIMIT $3`,
      [exemptionId, troubling, limit],
    );
    return rows
      .map((row) => ({ ...historyEntryOf(row), vmId: String(row.vm_id), name: String(row.name) }))
      .toReversed();
  }
}

/** What an engineer wants to know of machines: who ordered what, and what stood in the way. */
const troubling = ['retried', 'skipOrdered', 'blocked', 'absentSeen', 'troubleSeen', 'gaveUp'];

/** One line of history as it was decided. */
export function historyEntryOf(row: Readonly<Record<string, unknown>>): StoredHistoryEntry {
  return {
    sequence: Number(row.sequence),
    aggregate: row.aggregate as AggregateName,
    aggregateId: String(row.aggregate_id),
    version: Number(row.version),
    from: row.from_state as string | null,
    to: String(row.to_state),
    event: row.event as StoredHistoryEntry['event'],
    at: (row.at as Date).toISOString(),
    by: row.actor as StoredHistoryEntry['by'],
  };
}
