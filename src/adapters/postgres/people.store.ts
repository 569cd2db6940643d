import type { AwaitsAnother, Erasure, PeopleStore, Person } from '../../domain/ports/people-stores.js';
import type { SqlSession } from './sql-session.js';
import type { ContactHash } from './word.stores.js';

type Row = Readonly<Record<string, unknown>>;

/** 5 minutes: an erasure reads every table once, and it is rare. */
const patience = `SET LOCAL statement_timeout = '300s'`;

/** Finds people and erases them, by the only functions that may change what is otherwise append-only. */
export class PostgresPeople implements PeopleStore {
  constructor(
    private readonly sql: SqlSession,
    private readonly hash: ContactHash,
  ) {}

  async tenantsOf(objectId: string): Promise<readonly string[]> {
    const rows = await this.sql.rows('SELECT tenant_id FROM people WHERE object_id = $1 ORDER BY tenant_id', [
      objectId,
    ]);
    return rows.map((row) => String(row.tenant_id));
  }

  async hold({ tenantId, objectId }: Person): Promise<void> {
    await this.sql.rows('SELECT pg_advisory_xact_lock(person_key($1, $2))', [tenantId, objectId]);
  }

  async awaitingAnother({ tenantId, objectId }: Person): Promise<readonly AwaitsAnother[]> {
    const rows = await this.sql.rows(
      `SELECT 'request' AS aggregate, id FROM exemption_requests WHERE state = 'second-reviewing'
         AND first_approval -> 'by' ->> 'objectId' = $2 AND first_approval -> 'by' ->> 'tenantId' = $1
       UNION ALL
       SELECT 'exemption', id FROM exemptions WHERE state = 'suspended'
         AND (suspension -> 'by' ->> 'objectId' = $2 AND suspension -> 'by' ->> 'tenantId' = $1
           OR suspension #>> '{firstReinstatement,by,objectId}' = $2 AND suspension #>> '{firstReinstatement,by,tenantId}' = $1)
       LIMIT 20`,
      [tenantId, objectId],
    );
    return rows.map((row) => ({
      aggregate: row.aggregate as AwaitsAnother['aggregate'],
      id: String(row.id),
    }));
  }

  async erase({ tenantId, objectId }: Person): Promise<Erasure | null> {
    await this.sql.rows(patience);
    const [row] = await this.sql.rows('SELECT * FROM erase_person_unscoped($1, $2)', [tenantId, objectId]);
    return erasureIn(row);
  }

  async eraseContact(email: string): Promise<Erasure | null> {
    await this.sql.rows(patience);
    const address = email.trim().toLowerCase();
    const [row] = await this.sql.rows('SELECT * FROM erase_contact_unscoped($1, $2)', [
      this.hash(address),
      address,
    ]);
    const erasure = erasureIn(row);
    return erasure?.requests === 0 ? null : erasure;
  }
}

function erasureIn(row: Row | undefined): Erasure | null {
  if (row === undefined) return null;
  return {
    pseudonym: typeof row.pseudonym === 'string' ? row.pseudonym : null,
    requests: Number(row.requests),
    texts: Number(row.texts),
    lines: Number(row.lines ?? 0),
  };
}
