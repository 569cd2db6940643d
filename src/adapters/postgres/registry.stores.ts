import type { Scope } from '../../domain/access/scope.js';
import type { Instant } from '../../domain/instants.js';
import type {
  PartnerRelationship,
  RelationshipStore,
  SubscriptionStore,
  Tenant,
  TenantStore,
} from '../../domain/ports/registry-stores.js';
import type { SubscriptionFacts } from '../../domain/subscription/subscription.js';
import { relationshipTable, subscriptionTable, tenantTable } from './record.tables.js';
import { RowMapper } from './row-mapper.js';
import { subscriptionsInScope } from './scope-sql.js';
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

  async save(facts: SubscriptionFacts): Promise<void> {
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

  async save(relationship: PartnerRelationship): Promise<void> {
    await this.sql.upsert(relationshipTable, [relationship], ['partnerTenantId', 'customerTenantId']);
  }
}
