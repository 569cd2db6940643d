import type { Instant } from '../../domain/instants.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type {
  PortfolioCount,
  PortfolioCustomer,
  PortfolioStore,
  Waiting,
} from '../../domain/ports/portfolio-store.js';
import { liveRequestStates } from '../../domain/request/request.js';
import { relationshipTable } from './record.tables.js';
import { RowMapper } from './row-mapper.js';
import { notLeft, requestsInScope, subscriptionsInScope } from './scope-sql.js';
import type { SqlSession } from './sql-session.js';

const relationships = new RowMapper(relationshipTable);
const live = `state IN (${liveRequestStates.map((state) => `'${state}'`).join(', ')})`;

export class PostgresPortfolio implements PortfolioStore {
  constructor(private readonly sql: SqlSession) {}

  async customers(partnerTenantId: string, page: Page, now: Instant): Promise<readonly PortfolioCustomer[]> {
    const related = subscriptionsInScope({ kind: 'partner', tenantId: partnerTenantId }, now, 't', 4);
    const rows = await this.sql.rows(
      `SELECT p.*, t.name,
         (SELECT count(*) FROM subscriptions s WHERE s.tenant_id = t.tenant_id) AS subscriptions
       FROM tenants t JOIN partner_relationships p ON p.customer_tenant_id = t.tenant_id
       WHERE p.partner_tenant_id = $4::text::uuid AND ${related.sql}
         AND ($1::text IS NULL OR (t.name, t.tenant_id) > ($1, $2::uuid))
       ORDER BY t.name, t.tenant_id LIMIT $3`,
      [page.after?.sort ?? null, page.after?.id ?? null, page.limit, ...related.parameters],
    );
    return rows.map((row) => ({
      name: String(row.name),
      subscriptions: Number(row.subscriptions),
      relationship: relationships.read(row),
    }));
  }

  async counts(
    partnerTenantId: string,
    customers: readonly string[],
    now: Instant,
  ): Promise<readonly PortfolioCount[]> {
    const asPartner = { kind: 'partner', tenantId: partnerTenantId } as const;
    const own = requestsInScope(asPartner, now, 'r', 2);
    const rows = await this.sql.rows(
      `SELECT r.tenant_id, r.state, e.state AS exemption_state, count(*) AS count
       FROM exemption_requests r LEFT JOIN exemptions e ON e.request_id = r.id AND ${notLeft(asPartner, 'r')}
       WHERE r.tenant_id = ANY ($1::uuid[]) AND ${own.sql} GROUP BY r.tenant_id, r.state, e.state`,
      [customers, ...own.parameters],
    );
    return rows.map((row) => ({
      customerTenantId: String(row.tenant_id),
      state: row.state as PortfolioCount['state'],
      exemptionState: row.exemption_state as PortfolioCount['exemptionState'],
      count: Number(row.count),
    }));
  }

  async waiting(
    partnerTenantId: string,
    customers: readonly string[],
    most: number,
    now: Instant,
  ): Promise<readonly Waiting[]> {
    const asPartner = { kind: 'partner', tenantId: partnerTenantId } as const;
    const own = requestsInScope(asPartner, now, 'r', 3);
    const rows = await this.sql.rows(
      `WITH own AS (SELECT r.* FROM exemption_requests r WHERE r.tenant_id = ANY ($1::uuid[]) AND ${own.sql} AND ${notLeft(asPartner, 'r')}),
       waiting AS (${[...ofRequests, ofMachines].join(' UNION ALL ')}),
       placed AS (SELECT *, count(*) OVER party AS total, row_number() OVER (party ORDER BY due NULLS LAST, since, request_id, what) AS place
         FROM waiting WINDOW party AS (PARTITION BY tenant_id, party))
       SELECT * FROM placed WHERE place <= $2 ORDER BY tenant_id, party, place`,
      [customers, most, ...own.parameters],
    );
    return rows.map(waitingOf);
  }
}

/** What of the requests waits for whom: $3 is the partner, $4 the present moment. */
const ofRequests: readonly string[] = [
  `SELECT tenant_id, 'partner' AS party, 'question' AS what, id AS request_id, subscription_id, NULL::uuid AS exemption_id,
     (question ->> 'askedAt')::timestamptz AS since, due_at AS due, NULL::bigint AS machines
   FROM own WHERE state = 'awaiting-information'`,
  `SELECT o.tenant_id, 'partner', 'consent', o.id, o.subscription_id, NULL, o.submitted_at, NULL, NULL
   FROM own o JOIN request_particulars p ON p.request_id = o.id
   WHERE o.${live} AND p.consent IS NULL AND p.contact IS NOT NULL`,
  `SELECT o.tenant_id, 'partner', 'control-proof', o.id, o.subscription_id, NULL, o.submitted_at,
     (SELECT max(c.expires_at) FROM control_proofs c WHERE c.subscription_id = o.subscription_id
        AND c.proves_for = $3::text::uuid AND c.state = 'awaiting-tag' AND c.expires_at > $4::timestamptz), NULL
   FROM own o WHERE o.${live} AND NOT EXISTS (SELECT FROM control_proofs c WHERE c.subscription_id = o.subscription_id
     AND c.proves_for = $3::text::uuid AND c.state = 'proven' AND c.expires_at > $4::timestamptz)`,
  `SELECT tenant_id, 'platform', CASE state WHEN 'checking' THEN 'checks' ELSE 'review' END, id, subscription_id, NULL,
     submitted_at, CASE state WHEN 'checking' THEN due_at ELSE review_due_at END, NULL
   FROM own WHERE state IN ('checking', 'reviewing', 'second-reviewing')`,
];

/**
 * What of the machines: their owner restarts where the plan says so, and clears what blocks; else the platform does, and
 * a step that failed waits for its engineers. Nothing is listed yet while the gate opens.
 */
const ofMachines = `
  SELECT e.tenant_id, kind.party, kind.what, e.request_id, e.subscription_id, e.id, e.granted_at, NULL, kind.machines
  FROM own o JOIN exemptions e ON e.request_id = o.id AND e.state = 'enabling'
    CROSS JOIN LATERAL (SELECT count(*) AS listed,
        count(*) FILTER (WHERE s.state IN ('waiting', 'deallocating', 'starting')) AS waiting,
        count(*) FILTER (WHERE s.state = 'blocked') AS blocked, count(*) FILTER (WHERE s.state = 'failed') AS failed
      FROM restarts s WHERE s.exemption_id = e.id AND s.fence = e.fence) m
    CROSS JOIN LATERAL (VALUES
      ('customer', 'owner-restarts', CASE WHEN e.restart_plan ->> 'mode' = 'observed' THEN m.waiting ELSE 0 END),
      ('platform', 'managed-restarts', CASE WHEN e.restart_plan ->> 'mode' = 'observed' THEN 0 ELSE m.waiting END),
      ('customer', 'blocked-machines', m.blocked),
      ('platform', 'failed-restarts', m.failed),
      ('platform', 'opening', CASE WHEN m.listed = 0 THEN 1 ELSE 0 END)) AS kind (party, what, machines)
  WHERE kind.machines > 0`;

function waitingOf(row: Readonly<Record<string, unknown>>): Waiting {
  const instant = (value: unknown) => (value instanceof Date ? value.toISOString() : null);
  return {
    customerTenantId: String(row.tenant_id),
    party: row.party as Waiting['party'],
    what: row.what as Waiting['what'],
    requestId: String(row.request_id),
    subscriptionId: String(row.subscription_id),
    exemptionId: row.exemption_id as string | null,
    since: instant(row.since) ?? '',
    due: instant(row.due),
    machines: row.machines === null || row.what === 'opening' ? null : Number(row.machines),
    total: Number(row.total),
  };
}
