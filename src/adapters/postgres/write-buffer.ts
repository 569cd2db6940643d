import type { EntitySchema } from 'typeorm';
import type { Effect } from '../../domain/effects.js';
import type { Instant } from '../../domain/instants.js';
import type { HistoryEntry } from '../../domain/lifecycle-table.js';
import type { ToldEntry } from '../../domain/ports/told-entry.js';
import { addHistoryAndAudit, type AuditNote, type BufferedHistory } from './audit-writes.js';
import type { Commitment } from './commitments.js';
import { addEffects, type OwnedEffect } from './effect-writes.js';
import { OneStatement } from './one-statement.js';
import { RowMapper } from './row-mapper.js';
import type { SqlSession } from './sql-session.js';
import { addTimelines, type BufferedTold } from './timeline-writes.js';

interface BufferedCommitment {
  readonly about: string;
  readonly aboutId: string;
  readonly commitment: Commitment;
}

/**
 * What goes with state changes and is written together at the end of a transaction: history and audit
 * entries, what requesters are told, and effects. Rows of aggregates are written before, effects last: so that every
 * transaction takes its locks in the same order, and a worker that settles its effect waits for nobody in a circle.
 */
export class WriteBuffer {
  private readonly history: BufferedHistory[] = [];
  private readonly notes: AuditNote[] = [];
  private readonly told: BufferedTold[] = [];
  private readonly rows: ((statement: OneStatement, name: string) => void)[] = [];
  private readonly effects: OwnedEffect[] = [];
  private commitments: readonly BufferedCommitment[] = [];

  constructor(
    private readonly sql: SqlSession,
    private readonly traceId: string | null,
    private readonly mailsAreSent: boolean,
  ) {}

  addHistory(entry: HistoryEntry, tenantId: string): void {
    this.history.push({ entry, tenantId });
  }

  addAudit(note: AuditNote): void {
    this.notes.push(note);
  }

  addCommitment(about: string, aboutId: string, commitment: Commitment): void {
    this.commitments = [...this.commitments, { about, aboutId, commitment }];
  }

  addTold(told: ToldEntry, at: Instant): void {
    this.told.push({ told, at });
  }

  /** Of the tenant that is named; else of the one that their own ids lead to. */
  addEffects(effects: readonly Effect[], tenantId: string | null): void {
    this.effects.push(...effects.map((effect) => ({ effect, tenantId })));
  }

  /** Writes a row with the rest; the key's row that is there already is replaced. Nothing reads it in this transaction. */
  replaceRow<T extends object>(schema: EntitySchema<T>, value: T, key: readonly (keyof T & string)[]): void {
    const mapper = RowMapper.of(schema);
    this.rows.push((statement, name) => {
      const from = mapper.rowsFrom(statement.value(mapper.json([value])));
      statement.add(name, `INSERT INTO ${mapper.table} (${mapper.columns}) ${from} ${mapper.replacing(key)}`);
    });
  }

  /** Sends all of it, in one statement. True when effects were added, so that a relay nearby can look at once. */
  flush(now: Instant): boolean {
    const history = this.history.map((one) => ({
      ...one,
      further: { ...codeOf(one.entry), ...this.committedBy(one.entry) },
    }));
    const notes = this.notes.map((note) => ({
      ...note,
      details: {
        ...note.details,
        ...this.committedBy({ aggregate: note.subjectType, aggregateId: note.subjectId }),
      },
    }));
    const mails = this.mailsAreSent && this.told.some(({ told }) => told.mailed);
    const statement = new OneStatement();
    for (const [index, add] of this.rows.entries()) add(statement, `row_${String(index)}`);
    addHistoryAndAudit(statement, history, notes, this.traceId);
    addTimelines(statement, this.told);
    addEffects(statement, this.effects, { told: this.told.length > 0, mails }, now);
    statement.send(this.sql);
    return this.effects.length > 0 || mails;
  }

  /** What an audit entry commits to: what was saved of its subject, and notes with whatever tells of them. Once each. */
  private committedBy(of: { readonly aggregate: string; readonly aggregateId: string }): {
    readonly commitments?: readonly Commitment[];
  } {
    const taken = this.commitments.filter(
      ({ about, aboutId }) => about === 'note' || (about === of.aggregate && aboutId === of.aggregateId),
    );
    if (taken.length === 0) return {};
    this.commitments = this.commitments.filter((one) => !taken.includes(one));
    return { commitments: taken.map(({ commitment }) => commitment) };
  }
}

/** The code that a decision was made with, the internal one: requesters and their receipts are told the public one. */
function codeOf({ event }: HistoryEntry): { readonly reasonCode?: string } {
  return 'reasonCode' in event && typeof event.reasonCode === 'string'
    ? { reasonCode: event.reasonCode }
    : {};
}
