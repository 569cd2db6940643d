import { type Actor, type ActorRef, actorRef } from '../../domain/access/actor.js';
import type { Instant } from '../../domain/instants.js';
import type { RegisteredSubject, RegistrationStore } from '../../domain/ports/registration-store.js';
import type { SqlSession } from './sql-session.js';

export class PostgresRegistrations implements RegistrationStore {
  constructor(private readonly sql: SqlSession) {}

  add(subject: RegisteredSubject, by: Actor, at: Instant, changes: readonly string[]): Promise<void> {
    const isApplication = by.kind !== 'caller' || by.appOnly;
    this.sql.send(
      this.sql.prepared(
        `INSERT INTO registrations (subject_type, subject_id, person, by_application, at, changes)
         SELECT $1, $2, coalesce(audit_actor($3::jsonb) ->> 'person', ''), $4, $5, $6::jsonb`,
        [subject.type, subject.id, JSON.stringify(actorRef(by)), isApplication, at, JSON.stringify(changes)],
      ),
    );
    return Promise.resolve();
  }

  async touchedBy(
    { tenantId, objectId }: ActorRef,
    subjects: readonly RegisteredSubject[],
    since: Instant,
  ): Promise<readonly RegisteredSubject['type'][]> {
    const rows = await this.sql.prepared(
      `SELECT DISTINCT s.type FROM jsonb_to_recordset($1::jsonb) AS s(type text, id text)
         JOIN people p ON p.tenant_id = $2 AND p.object_id = $3
         JOIN registrations r ON r.subject_type = s.type AND r.subject_id = s.id AND r.person = p.commitment
       WHERE (r.at >= $4 AND r.changes <> '[]') OR NOT EXISTS (
         SELECT FROM registrations later WHERE later.subject_type = s.type AND later.subject_id = s.id
           AND later.sequence > r.sequence)
       ORDER BY s.type`,
      [JSON.stringify(subjects), tenantId, objectId, since],
    );
    return rows.map((row) => row.type as RegisteredSubject['type']);
  }
}
