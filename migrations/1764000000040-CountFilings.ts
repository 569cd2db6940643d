import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whether a subscription or a tenant has filed as often as a day allows: asked across tenants, because a partner does not
 * see what others filed for its customer. Indexes that serve it exist: one by subscription, one by tenant.
 */
export class CountFilings1764000000040 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const statements = [
  // What a former tenant or reseller filed for the subscription does not count: whoever owns or sells it now files at once.
  `CREATE FUNCTION filings_used_up_unscoped(subscription uuid, tenant uuid, since timestamptz,
     most_of_subscription integer, most_of_tenant integer)
   RETURNS TABLE (of_subscription timestamptz, of_tenant timestamptz)
   LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
     -- It is the owner's policies that ask for this, so it opens nothing to the role that called.
     SELECT set_config('app.unscoped', 'on', true);
     SELECT
       (SELECT r.submitted_at FROM exemption_requests r WHERE most_of_subscription > 0 AND r.subscription_id = subscription
          AND r.tenant_id = tenant AND r.moved_at IS NULL AND r.filer_left_at IS NULL AND r.submitted_at > since
          ORDER BY r.submitted_at DESC OFFSET greatest(most_of_subscription - 1, 0) LIMIT 1),
       (SELECT r.submitted_at FROM exemption_requests r WHERE most_of_tenant > 0 AND r.tenant_id = tenant
          AND r.submitted_at > since ORDER BY r.submitted_at DESC OFFSET greatest(most_of_tenant - 1, 0) LIMIT 1)
   $$`,
  `REVOKE ALL ON FUNCTION filings_used_up_unscoped FROM PUBLIC`,
  `GRANT EXECUTE ON FUNCTION filings_used_up_unscoped TO postern_api`,
];
