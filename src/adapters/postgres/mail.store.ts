import type { Instant } from '../../domain/instants.js';
import type { HeldMail, HeldMails, MailShare, MailStore } from '../../domain/ports/mail-store.js';
import type { SqlSession } from './sql-session.js';

/** The two keys under which a request's mails of a day are counted: its contact's, as a digest with the day, and its subscription's. */
const keysOf = `SELECT 'address ' || encode(sha256(convert_to(p.contact_hash || ' ' || $2::date, 'UTF8')), 'hex') AS address,
    'subscription ' || r.subscription_id AS subscription
  FROM exemption_requests r JOIN request_particulars p ON p.request_id = r.id WHERE r.id = $1 AND p.contact_hash IS NOT NULL`;

/** All requests with the contact of one. */
const sameContact = `SELECT other.request_id FROM request_particulars one
  JOIN request_particulars other ON other.contact_hash = one.contact_hash WHERE one.request_id = $1`;

/** How many mails went out on a day, and those that wait for a digest. Workers alone see it. */
export class PostgresMails implements MailStore {
  constructor(private readonly sql: SqlSession) {}

  async count(requestId: string, now: Instant, share: MailShare): Promise<boolean> {
    const day = now.slice(0, 10);
    const [keys] = await this.sql.rows(keysOf, [requestId, day]);
    if (keys === undefined) return false;
    const both = [String(keys.address), String(keys.subscription)];
    await this.sql.rows(
      `INSERT INTO mail_counts (key, day, sent) SELECT key, $2, 0 FROM unnest($1::text[]) AS key ORDER BY key ON CONFLICT DO NOTHING`,
      [both, day],
    );
    // In one order, so that two workers do not wait in a circle.
    const counts = await this.sql.rows(
      `SELECT key, sent FROM mail_counts WHERE key = ANY ($1::text[]) AND day = $2 ORDER BY key FOR UPDATE`,
      [both, day],
    );
    const sent = new Map(counts.map((row) => [row.key, Number(row.sent)]));
    const isFull = (key: unknown, most: number) => most > 0 && (sent.get(key) ?? 0) >= most;
    if (isFull(keys.address, share.ofAddress) || isFull(keys.subscription, share.ofSubscription))
      return false;
    await this.change(both, day, 1);
    return true;
  }

  async uncount(requestId: string, now: Instant): Promise<void> {
    const day = now.slice(0, 10);
    const [keys] = await this.sql.rows(keysOf, [requestId, day]);
    if (keys !== undefined) await this.change([String(keys.address), String(keys.subscription)], day, -1);
  }

  async hold({ requestId, sequence, tenantId, heldAt }: HeldMail): Promise<void> {
    await this.sql.rows(
      `INSERT INTO held_mails (request_id, sequence, tenant_id, held_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [requestId, sequence, tenantId, heldAt],
    );
  }

  async heldFor(requestId: string, most: number): Promise<HeldMails> {
    const rows = await this.sql.rows(
      `SELECT h.*, count(*) OVER ()::integer AS total FROM held_mails h WHERE h.request_id IN (${sameContact})
       ORDER BY h.held_at, h.request_id, h.sequence LIMIT $2`,
      [requestId, most],
    );
    return { total: Number(rows[0]?.total ?? 0), mails: rows.map(heldIn) };
  }

  async forget(requestId: string, until: Instant): Promise<void> {
    await this.sql.rows(`DELETE FROM held_mails WHERE request_id IN (${sameContact}) AND held_at <= $2`, [
      requestId,
      until,
    ]);
  }

  private async change(keys: readonly string[], day: string, by: 1 | -1): Promise<void> {
    await this.sql.rows(
      `UPDATE mail_counts SET sent = greatest(sent + $3, 0) WHERE key = ANY ($1::text[]) AND day = $2`,
      [keys, day, by],
    );
  }
}

function heldIn(row: Readonly<Record<string, unknown>>): HeldMail {
  return {
    requestId: String(row.request_id),
    sequence: Number(row.sequence),
    tenantId: String(row.tenant_id),
    heldAt: (row.held_at as Date).toISOString(),
  };
}
