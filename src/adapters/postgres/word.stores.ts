import type { ActorRef } from '../../domain/access/actor.js';
import type {
  ErasableText,
  ParticularsStore,
  RequestParticulars,
  TextStore,
} from '../../domain/ports/record-stores.js';
import { freshSalt, particularsDigest, textDigest, type Commitment } from './commitments.js';
import { RowMapper } from './row-mapper.js';
import type { SqlSession } from './sql-session.js';
import { particularsTable, textTable, type ParticularsRow } from './word.tables.js';

const particulars = new RowMapper(particularsTable);

/** A keyed hash of a contact's address, so that an earlier revocation's contact is recognised without being readable. */
export type ContactHash = (email: string) => string;

/** Takes down what the audit entry of the present change commits to, and what that is about. */
export type Commit = (about: string, aboutId: string, commitment: Commitment) => void;

export class PostgresParticulars implements ParticularsStore {
  constructor(
    private readonly sql: SqlSession,
    private readonly hash: ContactHash,
    private readonly commit: Commit,
    private readonly write: (row: ParticularsRow) => void,
  ) {}

  find(requestId: string): Promise<RequestParticulars | null> {
    return this.sql.one(particulars, 'SELECT * FROM request_particulars WHERE request_id = $1', [requestId]);
  }

  save(value: RequestParticulars): Promise<void> {
    const contactHash = value.contact === null ? null : this.hash(value.contact.email);
    const salt = freshSalt();
    const commitment = particularsDigest(salt, value);
    this.commit('request', value.requestId, { of: 'particulars', id: value.requestId, digest: commitment });
    this.write({ ...value, contactHash, salt, commitment });
    return Promise.resolve();
  }
}

export class PostgresTexts implements TextStore {
  constructor(
    private readonly sql: SqlSession,
    private readonly author: ActorRef,
    private readonly commit: Commit,
  ) {}

  save(texts: readonly ErasableText[]): Promise<void> {
    const { tenantId: authorTenantId, objectId: authorObjectId } = this.author;
    const rows = texts.map((text) => ({ ...text, authorTenantId, authorObjectId, salt: freshSalt() }));
    for (const { about, aboutId, id, salt, text } of rows)
      this.commit(about, aboutId, { of: 'text', id, digest: textDigest(salt, text) });
    return this.sql.insert(textTable, rows);
  }

  async find(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.sql.rows('SELECT id, text FROM erasable_texts WHERE id = ANY ($1::uuid[])', [
      ids,
    ]);
    return new Map(rows.map((row) => [String(row.id), String(row.text)]));
  }
}
