import type { Scope } from '../../domain/access/scope.js';
import type { ExemptionState } from '../../domain/exemption/exemption.js';
import type { Instant } from '../../domain/instants.js';
import type {
  PartnerRelationship,
  RelationshipStore,
  SubscriptionStanding,
  SubscriptionStore,
  Tenant,
  TenantStore,
} from '../../domain/ports/registry-stores.js';
import type { SubscriptionFacts } from '../../domain/subscription/subscription.js';
import { relationshipTable, subscriptionTable, tenantTable } from './record.tables.js';
import { RowMapper } from './row-mapper.js';
import { activeRelationship, subscriptionsInScope } from './scope-sql.js';
import type { SqlSession } from './sql-session.js';

const subscriptions = new RowMapper(subscriptionTable);
const tenants = new RowMapper(tenantTable);
const relationships = new RowMapper(relationshipTable);

export class PostgresSubscriptions implements SubscriptionStore {
  constructor(private readonly sql: SqlSession) {}

  find(scope: Scope, subscriptionId: string, now: Instant): Promise<SubscriptionFacts | null> {
    return this.one(scope, subscriptionId, now, '');
  }

  lock(scope: Scope, subscriptionId: string, now: Instant): Promise<SubscriptionFacts | null> {
    return this.one(scope, subscriptionId, now, 'FOR UPDATE OF s');
  }

  async standingUnscoped(subscriptionId: string): Promise<SubscriptionStanding> {
    const [row = {}] = await this.sql.prepared('SELECT * FROM standing_of_subscription_unscoped($1)', [
      subscriptionId,
    ]);
    return standingOf(row);
  }

  /** The database marks what a change of hands leaves behind, as of the same instant as the lines that tell of it. */
  async save(facts: SubscriptionFacts, now: Instant): Promise<void> {
    this.sql.send(this.sql.prepared(`SELECT set_config('app.changed_at', $1, true)`, [now]));
    await this.sql.upsert(subscriptionTable, [facts], ['subscriptionId']);
  }

  list(
    scope: Scope,
    now: Instant,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<readonly SubscriptionFacts[]> {
    const inScope = subscriptionsInScope(scope, now, 's', 3);
    return this.sql.all(
      subscriptions,
      `SELECT s.* FROM subscriptions s WHERE ($1::uuid IS NULL OR s.subscription_id > $1::uuid) AND ${inScope.sql}
       ORDER BY s.subscription_id LIMIT $2`,
      [page.after, page.limit, ...inScope.parameters],
    );
  }

  private one(
    scope: Scope,
    subscriptionId: string,
    now: Instant,
    lock: string,
  ): Promise<SubscriptionFacts | null> {
    const inScope = subscriptionsInScope(scope, now, 's', 2);
    const sql = `SELECT s.* FROM subscriptions s WHERE s.subscription_id = $1 AND ${inScope.sql} ${lock}`;
    return this.sql.one(subscriptions, sql, [subscriptionId, ...inScope.parameters]);
  }
}

function standingOf(row: Readonly<Record<string, unknown>>): SubscriptionStanding {
  const instantOf = (value: unknown) => (value instanceof Date ? value.toISOString() : null);
  const exemptionId = row.live_exemption as string | null;
  const revokedAt = instantOf(row.last_revoked_at);
  const decision = row.last_denial as SubscriptionStanding['lastDenial'];
  return {
    liveRequestId: row.live_request as string | null,
    liveExemption:
      exemptionId === null
        ? null
        : {
            id: exemptionId,
            state: row.live_exemption_state as ExemptionState,
            isOfFormerPartner: row.is_of_former_partner === true,
          },
    formerExemptionId: row.former_exemption as string | null,
    lastDenial: decision === null ? null : { at: decision.at, applyAgainOn: decision.applyAgainOn },
    lastRevocation:
      revokedAt === null
        ? null
        : { grantedAt: instantOf(row.last_revoked_granted_at) ?? revokedAt, endedAt: revokedAt },
    lastBlamedAt: instantOf(row.last_blamed_at),
    lastExpiredGrantedAt: instantOf(row.last_expired_granted_at),
  };
}

export class PostgresTenants implements TenantStore {
  constructor(private readonly sql: SqlSession) {}

  find(tenantId: string): Promise<Tenant | null> {
    return this.sql.one(tenants, 'SELECT * FROM tenants WHERE tenant_id = $1', [tenantId]);
  }

  async save(tenant: Tenant): Promise<void> {
    await this.sql.upsert(tenantTable, [tenant], ['tenantId']);
  }
}

export class PostgresRelationships implements RelationshipStore {
  constructor(private readonly sql: SqlSession) {}

  find(partnerTenantId: string, customerTenantId: string): Promise<PartnerRelationship | null> {
    const sql =
      'SELECT * FROM partner_relationships WHERE partner_tenant_id = $1 AND customer_tenant_id = $2';
    return this.sql.one(relationships, sql, [partnerTenantId, customerTenantId]);
  }

  async isActive(partnerTenantId: string, customerTenantId: string, now: Instant): Promise<boolean> {
    const [row] = await this.sql.rows(`SELECT ${activeRelationship('$3::uuid', 1)} AS active`, [
      partnerTenantId,
      now,
      customerTenantId,
    ]);
    return row?.active === true;
  }

  async save(relationship: PartnerRelationship): Promise<void> {
    await this.sql.upsert(relationshipTable, [relationship], ['partnerTenantId', 'customerTenantId']);
  }
}
