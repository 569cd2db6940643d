import { orderKeyOf, effectPriority, singletonKeyOf, type Effect } from '../../domain/effects.js';
import type { Instant } from '../../domain/instants.js';
import type { HistoryEntry } from '../../domain/lifecycle-table.js';
import type { ToldEntry } from '../../domain/ports/told-entry.js';
import { writeHistoryAndAudit, type AuditNote, type BufferedHistory } from './audit-writes.js';
import type { Commitment } from './commitments.js';
import type { SqlSession } from './sql-session.js';

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
  private readonly told: { readonly told: ToldEntry; readonly at: Instant }[] = [];
  private readonly effects: Effect[] = [];
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

  addEffects(effects: readonly Effect[]): void {
    this.effects.push(...effects);
  }

  /** Writes all of it. True when effects were added, so that a relay nearby can look at once. */
  async flush(now: Instant): Promise<boolean> {
    const history = this.history.map((one) => ({ ...one, further: this.committedBy(one.entry) }));
    const notes = this.notes.map((note) => ({
      ...note,
      details: {
        ...note.details,
        ...this.committedBy({ aggregate: note.subjectType, aggregateId: note.subjectId }),
      },
    }));
    await writeHistoryAndAudit(this.sql, history, notes, this.traceId);
    await this.writeTimelines();
    await this.writeEffects(now);
    return this.effects.length > 0;
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

  private async writeTimelines(): Promise<void> {
    // Always in the same order: two transactions that tell on the same timelines do not wait for each other.
    for (const requestId of [...new Set(this.told.map(({ told }) => told.requestId))].toSorted()) {
      const entries = this.told.filter(({ told }) => told.requestId === requestId);
      const last = await this.writeTimeline(requestId, entries);
      entries.forEach(({ told }, index) => {
        const sequence = last - entries.length + index + 1;
        if (told.mailed && this.mailsAreSent) {
          this.effects.push({ type: 'send-notification', requestId, sequence });
        }
      });
    }
  }

  private async writeTimeline(
    requestId: string,
    entries: readonly { readonly told: ToldEntry; readonly at: Instant }[],
  ): Promise<number> {
    const rows = entries.map(({ told, at }) => ({
      tenant_id: told.tenantId,
      event: told.event,
      by: told.by,
      actor_tenant_id: told.actorTenantId,
      code: told.code,
      facts: told.facts,
      mailed: told.mailed,
      at,
    }));
    const [row] = await this.sql.rows(
      `WITH counted AS (
         INSERT INTO timelines (request_id, last_sequence) VALUES ($1, $2)
         ON CONFLICT (request_id) DO UPDATE SET last_sequence = timelines.last_sequence + $2
         RETURNING last_sequence
       ), written AS (
         INSERT INTO timeline_entries (request_id, sequence, tenant_id, event, by, actor_tenant_id, code, facts, mailed, at)
         SELECT $1, counted.last_sequence - $2 + r.place, r.tenant_id, r.event, r.by, r.actor_tenant_id, r.code, r.facts, r.mailed, r.at
         FROM counted, ROWS FROM (jsonb_to_recordset($3::jsonb) AS (tenant_id uuid, event text, by text, actor_tenant_id uuid,
           code text, facts jsonb, mailed boolean, at timestamptz)) WITH ORDINALITY
           AS r(tenant_id, event, by, actor_tenant_id, code, facts, mailed, at, place)
       )
       SELECT last_sequence FROM counted`,
      [requestId, entries.length, JSON.stringify(rows)],
    );
    return Number(row?.last_sequence ?? 0);
  }

  /** An effect of which one is open already only makes that one due at once. */
  private async writeEffects(now: Instant): Promise<void> {
    if (this.effects.length === 0) return;
    const seen = new Set<string>();
    const rows = this.effects.flatMap((effect) => {
      const singleton = singletonKeyOf(effect);
      if (singleton !== null && seen.has(singleton)) return [];
      if (singleton !== null) seen.add(singleton);
      const { type, ...payload } = effect;
      return [
        {
          type,
          payload,
          priority: effectPriority[type],
          order_key: orderKeyOf(effect),
          singleton_key: singleton,
        },
      ];
    });
    const inOrder = rows.toSorted((a, b) => (a.singleton_key ?? '').localeCompare(b.singleton_key ?? ''));
    await this.sql.rows(
      `INSERT INTO effects (type, payload, priority, order_key, singleton_key, due_at, created_at)
       SELECT r.type, r.payload, r.priority, r.order_key, r.singleton_key, $2, $2
       FROM jsonb_to_recordset($1::jsonb) AS r(type text, payload jsonb, priority integer, order_key text, singleton_key text)
       ON CONFLICT (singleton_key) WHERE singleton_key IS NOT NULL AND state IN ('pending', 'dispatched')
       DO UPDATE SET due_at = least(effects.due_at, excluded.due_at), asked_again = (effects.state = 'dispatched')`,
      [JSON.stringify(inOrder), now],
    );
  }
}
