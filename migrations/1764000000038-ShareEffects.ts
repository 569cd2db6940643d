import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whose work an effect is, so that those who wait take turns. Of what an older version writes nobody knows it: that work
 * shares one place among the others.
 */
export class ShareEffects1764000000038 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const statements = [
  // A default that is constant rewrites no row.
  `ALTER TABLE effects ADD COLUMN for_tenant uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'`,
  // For whoever adds an effect and knows no more than what it is about. It tells nothing but a tenant's id.
  `CREATE FUNCTION tenant_of_effect_unscoped(payload jsonb) RETURNS uuid
   LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
     SELECT set_config('app.unscoped', 'on', true);
     SELECT coalesce(
       CASE WHEN payload ? 'requestId' THEN (SELECT tenant_id FROM exemption_requests WHERE id = (payload ->> 'requestId')::uuid) END,
       CASE WHEN payload ? 'exemptionId' THEN (SELECT tenant_id FROM exemptions WHERE id = (payload ->> 'exemptionId')::uuid) END,
       CASE WHEN payload ? 'restartId' THEN (SELECT tenant_id FROM restarts WHERE id = (payload ->> 'restartId')::uuid) END,
       CASE WHEN payload ? 'subscriptionId' THEN (SELECT tenant_id FROM subscriptions WHERE subscription_id = (payload ->> 'subscriptionId')::uuid) END,
       CASE WHEN payload ? 'proofId' THEN (SELECT tenant_id FROM control_proofs WHERE id = (payload ->> 'proofId')::uuid) END,
       '00000000-0000-0000-0000-000000000000')
   $$`,
  `REVOKE ALL ON FUNCTION tenant_of_effect_unscoped FROM PUBLIC`,
  `GRANT EXECUTE ON FUNCTION tenant_of_effect_unscoped TO postern_api, postern_reviewer, postern_worker`,
  `UPDATE effects SET for_tenant = tenant_of_effect_unscoped(payload) WHERE state IN ('pending', 'dispatched', 'dead')`,
  // From one tenant with work that waits to the next, however much of it there is.
  `CREATE INDEX effects_by_turn ON effects (priority, for_tenant, due_at, sequence) WHERE state = 'pending'`,
  `CREATE INDEX effects_out ON effects (priority, for_tenant) WHERE state = 'dispatched'`,
];
