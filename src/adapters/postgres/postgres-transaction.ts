import type { EntitySchema } from 'typeorm';
import { type ActorRef, actorRef } from '../../domain/access/actor.js';
import type { Instant } from '../../domain/instants.js';
import type { Accepted, AggregateName } from '../../domain/lifecycle-table.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { TimelineEntry, TimelineStore } from '../../domain/ports/record-stores.js';
import type { Frame, Transaction } from '../../domain/ports/unit-of-work.js';
import type { ToldEntry } from '../../domain/ports/told-entry.js';
import { receiptOf } from '../../domain/receipt.js';
import { stale } from '../../domain/refusals.js';
import type { SignReceipt } from '../audit/receipt-signer.js';
import { exemptionTable, gateTable, requestTable, restartTable, violationTable } from './aggregate.tables.js';
import { PostgresControlProofs } from './control-proof.store.js';
import { PostgresAudit } from './audit.store.js';
import { PostgresEffects } from './effect.store.js';
import { PostgresConduct } from './conduct.store.js';
import { PostgresEvidence, PostgresMachines, PostgresRestarts } from './enforcement.stores.js';
import { PostgresExemptions, PostgresGates, PostgresViolations } from './exemption.store.js';
import { PostgresOperations } from './operation.store.js';
import { PostgresPortfolio } from './portfolio.store.js';
import { IdempotencyKeys } from './idempotency.js';
import { PostgresClaims, PostgresFindings, PostgresHistory, PostgresNotes } from './record.stores.js';
import { timelineTable } from './record.tables.js';
import { PostgresPreviews } from './preview.store.js';
import { PostgresAddressReviews } from './address-review.store.js';
import { PostgresPeople } from './people.store.js';
import { PostgresMails } from './mail.store.js';
import { PostgresReceipts } from './receipt.store.js';
import { PostgresRelationships, PostgresSubscriptions, PostgresTenants } from './registry.stores.js';
import { PostgresRegistrations } from './registration.store.js';
import { PostgresRequests } from './request.store.js';
import { RowMapper } from './row-mapper.js';
import type { SqlSession } from './sql-session.js';
import { particularsTable } from './word.tables.js';
import { PostgresParticulars, PostgresTexts, type Commit, type ContactHash } from './word.stores.js';
import { WriteBuffer } from './write-buffer.js';

const tableOf = {
  request: requestTable,
  exemption: exemptionTable,
  restart: restartTable,
  gate: gateTable,
  violation: violationTable,
} as const satisfies Record<AggregateName, unknown>;

const timeline = new RowMapper(timelineTable);

export interface TransactionSettings {
  readonly clock: Clock;
  readonly contactHash: ContactHash;
  readonly mailsAreSent: boolean;
  readonly signReceipt: SignReceipt;
  /** How long the word of a feed about a relationship stands without being said again, in milliseconds. */
  readonly relationshipsFreshForMs: number;
  /** A clock that differs more from the database's does nothing; not given where time is simulated. */
  readonly clockToleranceMs?: number;
}

/** All stores over one transaction; its writes beside the rows are buffered, and flushed right before the commit. */
export class PostgresTransaction implements Transaction {
  readonly buffer: WriteBuffer;
  readonly keys: IdempotencyKeys;
  readonly effects: PostgresEffects;
  readonly requests = new PostgresRequests(this.sql);
  readonly exemptions = new PostgresExemptions(this.sql);
  readonly restarts = new PostgresRestarts(this.sql);
  readonly gates = new PostgresGates(this.sql);
  readonly violations = new PostgresViolations(this.sql);
  readonly subscriptions = new PostgresSubscriptions(this.sql);
  readonly tenants = new PostgresTenants(this.sql);
  readonly relationships = new PostgresRelationships(this.sql);
  readonly registrations = new PostgresRegistrations(this.sql);
  readonly controlProofs = new PostgresControlProofs(this.sql);
  readonly portfolio = new PostgresPortfolio(this.sql);
  readonly findings = new PostgresFindings(this.sql);
  readonly previews = new PostgresPreviews(this.sql);
  readonly addressReviews = new PostgresAddressReviews(this.sql);
  readonly claims = new PostgresClaims(this.sql);
  readonly notes = new PostgresNotes(this.sql);
  readonly machines = new PostgresMachines(this.sql);
  readonly evidence = new PostgresEvidence(this.sql);
  readonly operations = new PostgresOperations(this.sql);
  readonly conduct = new PostgresConduct(this.sql);
  readonly history = new PostgresHistory(this.sql);
  readonly receipts = new PostgresReceipts(this.sql);
  readonly mails = new PostgresMails(this.sql);
  readonly people: PostgresPeople;
  readonly texts: PostgresTexts;
  readonly auditLog = new PostgresAudit(this.sql);
  readonly particulars: PostgresParticulars;
  readonly timeline: TimelineStore;

  constructor(
    private readonly sql: SqlSession,
    private readonly frame: Frame,
    private readonly settings: TransactionSettings,
  ) {
    this.buffer = new WriteBuffer(sql, frame.traceId, settings.mailsAreSent);
    this.keys = new IdempotencyKeys(sql, frame.actor, frame.idempotency);
    this.effects = new PostgresEffects(sql, this.buffer, frame.lease);
    const commit: Commit = (about, aboutId, commitment) =>
      this.buffer.addCommitment(about, aboutId, commitment);
    this.particulars = new PostgresParticulars(sql, settings.contactHash, commit, (row) =>
      this.buffer.replaceRow(particularsTable, row, ['requestId']),
    );
    this.texts = new PostgresTexts(sql, actorRef(frame.actor), commit);
    this.people = new PostgresPeople(sql, settings.contactHash);
    this.timeline = { of: (...args) => this.readTimeline(...args), tell: (told) => this.tell(told) };
  }

  async record(accepted: Accepted<unknown>, told: ToldEntry | null): Promise<void> {
    const { entry } = accepted;
    const next = accepted.next as {
      readonly id: string;
      readonly version: number;
      readonly tenantId: string;
    };
    const table = tableOf[entry.aggregate] as unknown as EntitySchema<typeof next>;
    if (entry.version === 1) await this.sql.insert(table, [next]);
    else this.sql.replace(table, next, stale);
    this.buffer.addHistory(entry, next.tenantId);
    const receipt = receiptOf(entry, next);
    if (receipt !== null) await this.receipts.add(receipt, await this.settings.signReceipt(receipt));
    if (told !== null) this.buffer.addTold(told, entry.at);
    this.buffer.addEffects(accepted.effects, next.tenantId);
    await this.sql.keptUp();
  }

  async databaseNow(): Promise<Instant> {
    // Where time is simulated the database knows nothing of it.
    if (this.settings.clockToleranceMs === undefined) return this.settings.clock.now();
    const [row] = await this.sql.rows('SELECT clock_timestamp() AS now', []);
    return (row?.now as Date).toISOString();
  }

  audit(
    action: string,
    subject: { readonly type: string; readonly id: string },
    details: Readonly<Record<string, unknown>> = {},
    people: Readonly<Record<string, ActorRef>> = {},
  ): Promise<void> {
    const actor = actorRef(this.frame.actor);
    const at = this.settings.clock.now();
    const subjectOf = { subjectType: subject.type, subjectId: subject.id };
    this.buffer.addAudit({ action, ...subjectOf, at, actor, details, people });
    return Promise.resolve();
  }

  replayIfAnswered(): Promise<void> {
    return this.keys.replayIfAnswered();
  }

  /** Sends what was buffered, then settles the effect under its lease; true when effects were added. */
  finish(): boolean {
    const added = this.buffer.flush(this.settings.clock.now());
    this.effects.writeSettlement();
    return added || this.effects.settlement?.kind === 'again';
  }

  private readTimeline(
    requestId: string,
    after: number,
    limit: number,
    until: Instant | null = null,
  ): Promise<readonly TimelineEntry[]> {
    const sql = `SELECT * FROM timeline_entries WHERE request_id = $1 AND sequence > $2
      AND ($4::timestamptz IS NULL OR at <= $4) ORDER BY sequence LIMIT $3`;
    return this.sql.all(timeline, sql, [requestId, after, limit, until]);
  }

  private tell(told: ToldEntry): Promise<void> {
    this.buffer.addTold(told, this.settings.clock.now());
    return Promise.resolve();
  }
}
