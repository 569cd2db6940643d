import type { Scope } from '../../domain/access/scope.js';
import type { KeptPreview } from '../../domain/enforcement/kept-preview.js';
import type { Instant } from '../../domain/instants.js';
import type { Page, QueueFilter, RequestFilter, RequestStore } from '../../domain/ports/aggregate-stores.js';
import { liveRequestStates, type ExemptionRequest } from '../../domain/request/request.js';
import { requestTable } from './aggregate.tables.js';
import { outlookIn } from './preview.store.js';
import { RowMapper } from './row-mapper.js';
import { notLeft, requestsInScope } from './scope-sql.js';
import type { SqlSession } from './sql-session.js';

const requests = new RowMapper(requestTable);

export class PostgresRequests implements RequestStore {
  constructor(private readonly sql: SqlSession) {}

  find(scope: Scope, id: string, now: Instant): Promise<ExemptionRequest | null> {
    return this.one(scope, id, now, '');
  }

  /** One question: a page is read far more often than it changes, and most have a preview. */
  async findWithPreview(
    scope: Scope,
    id: string,
    now: Instant,
  ): Promise<{ readonly request: ExemptionRequest; readonly kept: KeptPreview | null } | null> {
    const inScope = requestsInScope(scope, now, 'r', 2);
    const sql = `SELECT r.*, p.outlook, p.problem, p.misses
      FROM exemption_requests r LEFT JOIN restart_previews p ON p.request_id = r.id AND ${notLeft(scope, 'r')} WHERE r.id = $1 AND ${inScope.sql}`;
    const [row] = await this.sql.prepared(requests.spelled(sql), [id, ...inScope.parameters]);
    if (row === undefined) return null;
    const request = requests.read(row);
    return { request, kept: row.misses === null ? null : keptOf(request, row) };
  }

  lock(scope: Scope, id: string, now: Instant): Promise<ExemptionRequest | null> {
    return this.one(scope, id, now, `AND ${notLeft(scope, 'r')} FOR UPDATE OF r`);
  }

  findLive(subscriptionId: string): Promise<ExemptionRequest | null> {
    const live = liveRequestStates.map((state) => `'${state}'`).join(', ');
    return this.sql.one(
      requests,
      `SELECT r.* FROM exemption_requests r WHERE r.subscription_id = $1 AND r.state IN (${live})`,
      [subscriptionId],
    );
  }

  async seenUntil(scope: Scope, id: string): Promise<Instant | null> {
    if (scope.kind === 'platform') return null;
    const left = scope.kind === 'customer' ? 'moved_at' : 'least(moved_at, filer_left_at)';
    const [row] = await this.sql.prepared(`SELECT ${left} AS left_at FROM exemption_requests WHERE id = $1`, [
      id,
    ]);
    return row?.left_at instanceof Date ? row.left_at.toISOString() : null;
  }

  list(scope: Scope, filter: RequestFilter, page: Page, now: Instant): Promise<readonly ExemptionRequest[]> {
    const inScope = requestsInScope(scope, now, 'r', 9);
    return this.sql.all(
      requests,
      `SELECT r.* FROM exemption_requests r
       WHERE ($1::text[] IS NULL OR r.state = ANY ($1))
         AND ($2::text[] IS NULL OR (SELECT CASE WHEN cardinality($2) = 0 THEN count(*) = 0 ELSE bool_or(e.state = ANY ($2)) END
           FROM exemptions e WHERE e.request_id = r.id AND ${notLeft(scope, 'r')}))
         AND ($3::uuid IS NULL OR r.subscription_id = $3)
         AND ($4::uuid IS NULL OR r.tenant_id = $4)
         AND ($5::timestamptz IS NULL OR r.submitted_at > $5)
         AND ($6::timestamptz IS NULL OR (r.submitted_at, r.id) < ($6, $7::uuid))
         AND ${inScope.sql}
       ORDER BY r.submitted_at DESC, r.id DESC LIMIT $8`,
      [
        filter.states,
        filter.exemptionStates,
        filter.subscriptionId,
        filter.customerTenantId,
        filter.createdAfter,
        page.after?.sort ?? null,
        page.after?.id ?? null,
        page.limit,
        ...inScope.parameters,
      ],
    );
  }

  queue(filter: QueueFilter, page: Page, now: Instant): Promise<readonly ExemptionRequest[]> {
    const column = filter.sort === 'due' ? 'r.review_due_at' : 'r.submitted_at';
    const [direction, beyond] = filter.sort === 'newest' ? ['DESC', '<'] : ['ASC', '>'];
    const conditions = queueConditions(filter, now);
    const from = conditions.parameters.length;
    const place = (offset: number) => `$${String(from + offset)}`;
    return this.sql.all(
      requests,
      `SELECT r.* FROM exemption_requests r
       WHERE ${conditions.sql}
         AND (${place(1)}::timestamptz IS NULL OR (${column}, r.id) ${beyond} (${place(1)}, ${place(2)}::uuid))
       ORDER BY ${column} ${direction}, r.id ${direction} LIMIT ${place(3)}`,
      [...conditions.parameters, page.after?.sort ?? null, page.after?.id ?? null, page.limit],
    );
  }

  related(request: ExemptionRequest, limit: number): Promise<readonly ExemptionRequest[]> {
    return this.sql.all(
      requests,
      `SELECT r.* FROM exemption_requests r
       WHERE (r.subscription_id = $1 OR r.tenant_id = $2) AND r.id <> $3
       ORDER BY r.submitted_at DESC LIMIT $4`,
      [request.subscriptionId, request.tenantId, request.id, limit],
    );
  }

  async usedUp(
    { subscriptionId, tenantId }: Parameters<RequestStore['usedUp']>[0],
    since: Instant,
    most: Parameters<RequestStore['usedUp']>[2],
  ): ReturnType<RequestStore['usedUp']> {
    const sql = 'SELECT * FROM filings_used_up_unscoped($1, $2, $3, $4, $5)';
    const parameters = [subscriptionId, tenantId, since, most.ofSubscription, most.ofTenant];
    const [row = {}] = await this.sql.prepared(sql, parameters);
    const at = (value: unknown) => (value instanceof Date ? value.toISOString() : null);
    return { ofSubscription: at(row.of_subscription), ofTenant: at(row.of_tenant) };
  }

  async overdue(now: Instant, limit: number): Promise<readonly string[]> {
    const rows = await this.sql.rows(
      `SELECT id FROM exemption_requests WHERE due_at IS NOT NULL AND due_at <= $1
         AND state IN ('checking', 'awaiting-information') ORDER BY due_at LIMIT $2`,
      [now, limit],
    );
    return rows.map((row) => String(row.id));
  }

  private one(scope: Scope, id: string, now: Instant, lock: string): Promise<ExemptionRequest | null> {
    const inScope = requestsInScope(scope, now, 'r', 2);
    const sql = `SELECT r.* FROM exemption_requests r WHERE r.id = $1 AND ${inScope.sql} ${lock}`;
    return this.sql.one(requests, sql, [id, ...inScope.parameters]);
  }
}

function keptOf({ id, tenantId }: ExemptionRequest, row: Readonly<Record<string, unknown>>): KeptPreview {
  const { problem, misses } = row as Pick<KeptPreview, 'problem' | 'misses'>;
  return { requestId: id, tenantId, outlook: outlookIn(row.outlook), problem, misses };
}

/** Only what is asked for becomes a condition: each combination has a plan of its own, on the queue's index. */
function queueConditions(
  filter: QueueFilter,
  now: Instant,
): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const parameters: unknown[] = [];
  const next = (value: unknown) => `$${String(parameters.push(value))}`;
  const states = filter.states ?? liveRequestStates;
  const parts = [`r.state IN (${states.map((state) => `'${state}'`).join(', ')})`];
  if (filter.verdict !== null) parts.push(`r.verdict = ${next(filter.verdict)}`);
  if (filter.assignee !== null) {
    const [who, at] = [next(filter.assignee), next(now)];
    parts.push(
      `EXISTS (SELECT FROM claims c WHERE c.request_id = r.id AND c.by ->> 'objectId' = ${who} AND c.until > ${at}::timestamptz)`,
    );
  }
  if (filter.partnerTenantId !== null)
    parts.push(`r.filer_tenant_id = ${next(filter.partnerTenantId)}::uuid`);
  if (filter.offer !== null) {
    const offer = next(filter.offer);
    parts.push(`EXISTS (SELECT FROM subscriptions s WHERE s.subscription_id = r.subscription_id
      AND (s.offer ->> 'quotaId' = ${offer} OR s.offer ->> 'offerId' = ${offer}))`);
  }
  if (filter.overdue !== null) {
    parts.push(
      filter.overdue
        ? `r.review_due_at <= ${next(now)}::timestamptz`
        : `r.review_due_at > ${next(now)}::timestamptz`,
    );
  }
  return { sql: parts.join(' AND '), parameters };
}
