import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who there is: tenants, partner relationships, and the facts of subscriptions. */
export class CreateRegistry1764000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`
      CREATE TABLE tenants (
        tenant_id uuid NOT NULL,
        kind text NOT NULL,
        name text NOT NULL,
        CONSTRAINT tenants_pk PRIMARY KEY (tenant_id),
        CONSTRAINT tenants_kind_known CHECK (kind IN ('customer', 'partner', 'platform'))
      )`);
    await queryRunner.query(`
      CREATE TABLE partner_relationships (
        partner_tenant_id uuid NOT NULL,
        customer_tenant_id uuid NOT NULL,
        status text NOT NULL,
        valid_from timestamptz NOT NULL,
        valid_to timestamptz,
        CONSTRAINT partner_relationships_pk PRIMARY KEY (partner_tenant_id, customer_tenant_id),
        CONSTRAINT partner_relationships_two CHECK (partner_tenant_id <> customer_tenant_id),
        CONSTRAINT partner_relationships_dates CHECK (valid_to IS NULL OR valid_to > valid_from)
      )`);
    await queryRunner.query(
      `CREATE INDEX partner_relationships_by_customer ON partner_relationships (customer_tenant_id)`,
    );
    await queryRunner.query(`
      CREATE TABLE subscriptions (
        subscription_id uuid NOT NULL,
        tenant_id uuid NOT NULL,
        display_name text NOT NULL,
        offer jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        state text NOT NULL,
        spending_limit text,
        partner_tenant_id uuid,
        billing jsonb NOT NULL,
        CONSTRAINT subscriptions_pk PRIMARY KEY (subscription_id),
        CONSTRAINT subscriptions_state_known CHECK (state IN ('Enabled', 'Warned', 'PastDue', 'Disabled', 'Deleted'))
      )`);
    await queryRunner.query(
      `CREATE INDEX subscriptions_by_tenant ON subscriptions (tenant_id, subscription_id)`,
    );
    await queryRunner.query(
      `GRANT SELECT, INSERT, UPDATE ON tenants, partner_relationships, subscriptions TO postern_app`,
    );
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
