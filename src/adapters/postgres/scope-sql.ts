import type { Scope } from '../../domain/access/scope.js';
import type { Instant } from '../../domain/instants.js';

/** A condition with its parameters, numbered from `first`. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const everything: Condition = { sql: 'true', parameters: [] };

/**
 * An active relationship of the partner ($n) to a customer column, inside its dates at an instant ($n+1), and fresh. The
 * policies of the tables say the same once more (docs/schema.sql).
 */
export const activeRelationship = (customerColumn: string, first: number) =>
  `EXISTS (SELECT FROM partner_relationships pr
     WHERE pr.partner_tenant_id = $${String(first)}::text::uuid AND pr.customer_tenant_id = ${customerColumn}
       AND pr.status = 'active' AND pr.valid_from <= $${String(first + 1)}::timestamptz
       AND (pr.valid_to IS NULL OR pr.valid_to > $${String(first + 1)}::timestamptz)
       AND (pr.source = 'operator' OR pr.confirmed_at > app_fresh_since()))`;

/** Subscriptions in scope: the customer's own, or those of customers the partner is actively related to. */
export function subscriptionsInScope(scope: Scope, now: Instant, alias: string, first: number): Condition {
  if (scope.kind === 'platform') return everything;
  if (scope.kind === 'customer')
    return { sql: `${alias}.tenant_id = $${String(first)}::uuid`, parameters: [scope.tenantId] };
  return { sql: activeRelationship(`${alias}.tenant_id`, first), parameters: [scope.tenantId, now] };
}

/** Requests in scope: the customer's own, or what the partner filed itself for customers it is still related to. */
export function requestsInScope(scope: Scope, now: Instant, alias: string, first: number): Condition {
  if (scope.kind !== 'partner') return subscriptionsInScope(scope, now, alias, first);
  const filedByIt = `${alias}.filer_tenant_id = $${String(first)}::text::uuid`;
  return {
    sql: `(${filedByIt} AND ${activeRelationship(`${alias}.tenant_id`, first)})`,
    parameters: [scope.tenantId, now],
  };
}

/** What the scope's side has not left: the subscription went to another tenant, or is sold by another partner. */
export function notLeft(scope: Scope, request: string): string {
  if (scope.kind === 'platform') return 'true';
  const moved = `${request}.moved_at IS NULL`;
  return scope.kind === 'customer' ? moved : `${moved} AND ${request}.filer_left_at IS NULL`;
}

/** Exemptions in scope: the customer's own, or those granted to requests that are in the partner's scope, and not left. */
export function exemptionsInScope(scope: Scope, now: Instant, alias: string, first: number): Condition {
  if (scope.kind === 'platform') return everything;
  const moved = `${alias}.moved_at IS NULL`;
  if (scope.kind === 'customer') {
    const { sql, parameters } = subscriptionsInScope(scope, now, alias, first);
    return { sql: `(${sql} AND ${moved})`, parameters };
  }
  const request = requestsInScope(scope, now, 'rq', first);
  return {
    sql: `(${moved} AND EXISTS (SELECT FROM exemption_requests rq WHERE rq.id = ${alias}.request_id
      AND ${notLeft(scope, 'rq')} AND ${request.sql}))`,
    parameters: request.parameters,
  };
}
