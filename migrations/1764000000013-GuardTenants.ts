import type { MigrationInterface, QueryRunner } from 'typeorm';
import { guardedTables } from './support/guarded-tables.js';
import { policiesOf } from './support/tenant-policies.js';

/**
 * Row-level security on every table with a tenant, forced, for three ordinary roles that the application's login may
 * take on inside a transaction and at no other time: what is asked outside of one is refused by the database.
 */
export class GuardTenants1764000000013 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of [roles, ...relationships, ...settings, ...filers])
      await queryRunner.query(statement);
    for (const table of guardedTables) {
      for (const statement of policiesOf(table)) await queryRunner.query(statement);
    }
    for (const statement of [...others, ...standing]) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

/**
 * Roles belong to the whole cluster: another database may have made them, or be making them at this moment. Without
 * inheritance the login has nothing of theirs before SET ROLE.
 */
const roles = `
  DO $$
  DECLARE role text;
  BEGIN
    FOREACH role IN ARRAY ARRAY['postern_api', 'postern_reviewer', 'postern_worker'] LOOP
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
          EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', role);
        END IF;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
      EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role);
    END LOOP;
    BEGIN
      IF (SELECT rolinherit FROM pg_roles WHERE rolname = 'postern_app') THEN
        ALTER ROLE postern_app NOINHERIT;
      END IF;
      IF NOT (SELECT bool_and(pg_has_role('postern_app', name, 'MEMBER'))
              FROM unnest(ARRAY['postern_api', 'postern_reviewer', 'postern_worker']) name) THEN
        GRANT postern_api, postern_reviewer, postern_worker TO postern_app;
      END IF;
    EXCEPTION WHEN unique_violation THEN
      NULL;
    END;
  END $$`;

/** What kind of right a partner has, who says so, and when they said it last. */
const relationships = [
  `ALTER TABLE partner_relationships
     ADD COLUMN kind text NOT NULL DEFAULT 'reseller',
     ADD COLUMN source text NOT NULL DEFAULT 'operator',
     ADD COLUMN confirmed_at timestamptz NOT NULL DEFAULT now(),
     ADD CONSTRAINT partner_relationships_kind_known CHECK (kind IN ('reseller', 'delegated-administration', 'managed')),
     ADD CONSTRAINT partner_relationships_source_known CHECK (source IN ('operator', 'feed')),
     ADD CONSTRAINT partner_relationships_delegation_ends CHECK (kind <> 'delegated-administration' OR valid_to IS NOT NULL)`,
  `ALTER TABLE partner_relationships ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN source DROP DEFAULT, ALTER COLUMN confirmed_at DROP DEFAULT`,
];

/** What a transaction says of itself; null where it says nothing, and then no row is anybody's. */
const settings = [
  `CREATE FUNCTION app_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
   $$ SELECT nullif(current_setting('app.tenant', true), '')::uuid $$`,
  `CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
   $$ SELECT nullif(current_setting('app.now', true), '')::timestamptz $$`,
  `CREATE FUNCTION app_fresh_since() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
   $$ SELECT nullif(current_setting('app.fresh_since', true), '')::timestamptz $$`,
];

/** Comparing uuids is leakproof, so that an index answers below row-level security; digging in JSON is not. */
const filers = [
  `ALTER TABLE exemption_requests ADD COLUMN filer_tenant_id uuid GENERATED ALWAYS AS ((filed_by ->> 'tenantId')::uuid) STORED`,
  `DROP INDEX exemption_requests_by_filer`,
  `CREATE INDEX exemption_requests_by_filer ON exemption_requests (filer_tenant_id, submitted_at DESC, id DESC)`,
];

/** Without a tenant: the outbox, and the audit trail that requesters may add to and never read. */
const others = [
  `GRANT INSERT ON audit_entries TO postern_api`,
  `GRANT SELECT, INSERT ON audit_entries TO postern_reviewer, postern_worker`,
  `GRANT SELECT ON audit_leaves, audit_nodes, audit_checkpoints, audit_retirements TO postern_reviewer, postern_worker`,
  `GRANT INSERT ON audit_leaves, audit_nodes, audit_checkpoints TO postern_worker`,
  `REVOKE ALL ON audit_entries, audit_leaves, audit_nodes, audit_checkpoints, audit_retirements FROM postern_app`,
  `REVOKE DELETE ON effects FROM postern_app`,
  `GRANT INSERT, SELECT, UPDATE (due_at, asked_again) ON effects TO postern_api`,
  `GRANT SELECT, INSERT, UPDATE ON effects TO postern_reviewer, postern_worker`,
  `GRANT DELETE ON effects TO postern_worker`,
  `GRANT SELECT, DELETE ON rate_counters TO postern_worker`,
  `REVOKE ALL ON FUNCTION erase_person_unscoped, erase_contact_unscoped FROM postern_app`,
  `GRANT EXECUTE ON FUNCTION erase_person_unscoped, erase_contact_unscoped TO postern_reviewer`,
];

/**
 * What stands in the way of a request, whoever filed it: a partner is told that there is a live request, and not by
 * whom. It sees past row-level security for one subscription, which its caller has to have in scope.
 */
const standing = [
  `CREATE FUNCTION subscription_standing_unscoped(subscription uuid) RETURNS TABLE (
     live_request uuid, live_exemption uuid, live_exemption_state text, last_denial jsonb,
     last_revoked_granted_at timestamptz, last_revoked_at timestamptz, last_expired_granted_at timestamptz)
   LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
     -- It is the owner's policies that ask for this, so it opens nothing to the role that called.
     SELECT set_config('app.unscoped', 'on', true);
     SELECT
       (SELECT id FROM exemption_requests WHERE subscription_id = subscription
          AND state IN ('checking', 'reviewing', 'awaiting-information', 'second-reviewing')),
       e.id, e.state,
       (SELECT decision FROM exemption_requests WHERE subscription_id = subscription AND state = 'denied' ORDER BY ended_at DESC LIMIT 1),
       r.granted_at, r.ended_at,
       (SELECT granted_at FROM exemptions WHERE subscription_id = subscription AND state = 'expired' ORDER BY granted_at DESC LIMIT 1)
     FROM (SELECT 1) one
       LEFT JOIN LATERAL (SELECT id, state FROM exemptions WHERE subscription_id = subscription
          AND state IN ('enabling', 'effective', 'suspended', 'revoking', 'expiring')) e ON true
       LEFT JOIN LATERAL (SELECT granted_at, ended_at FROM exemptions WHERE subscription_id = subscription
          AND state = 'revoked' ORDER BY ended_at DESC LIMIT 1) r ON true
   $$`,
  `REVOKE ALL ON FUNCTION subscription_standing_unscoped FROM PUBLIC`,
  `GRANT EXECUTE ON FUNCTION subscription_standing_unscoped TO postern_api, postern_reviewer, postern_worker`,
];
