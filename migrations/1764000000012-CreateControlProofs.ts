import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Proofs that somebody controls a subscription, and the work of looking for their tags. */
export class CreateControlProofs1764000000012 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`
      CREATE TABLE control_proofs (
        id uuid NOT NULL,
        subscription_id uuid NOT NULL,
        tenant_id uuid NOT NULL,
        proves_for uuid NOT NULL,
        state text NOT NULL,
        nonce text NOT NULL,
        asked_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        checked_at timestamptz,
        proven_at timestamptz,
        problem jsonb,
        CONSTRAINT control_proofs_pk PRIMARY KEY (id),
        CONSTRAINT control_proofs_subscription_fk FOREIGN KEY (subscription_id) REFERENCES subscriptions (subscription_id),
        CONSTRAINT control_proofs_nonce_once UNIQUE (nonce),
        CONSTRAINT control_proofs_nonce_long CHECK (length(nonce) >= 22),
        CONSTRAINT control_proofs_state_known CHECK (state IN ('awaiting-tag', 'proven', 'failed')),
        CONSTRAINT control_proofs_proven_at_some_time CHECK ((state = 'proven') = (proven_at IS NOT NULL)),
        CONSTRAINT control_proofs_failed_for_something CHECK (state <> 'failed' OR problem IS NOT NULL)
      )`);
    await queryRunner.query(
      `CREATE INDEX control_proofs_of_subscription ON control_proofs (subscription_id, asked_at DESC, id DESC)`,
    );
    await queryRunner.query(`GRANT SELECT, INSERT, UPDATE ON control_proofs TO postern_app`);
    // Not validated: every row that there is fits the narrower rule that it replaces.
    await queryRunner.query(`ALTER TABLE effects DROP CONSTRAINT effects_type_known`);
    await queryRunner.query(`
      ALTER TABLE effects ADD CONSTRAINT effects_type_known CHECK (type IN ('run-fraud-check', 'move-gate',
        'conduct-restarts', 'restart-vm', 'send-notification', 'check-control-proof')) NOT VALID`);
    await queryRunner.query(`ALTER TABLE effects VALIDATE CONSTRAINT effects_type_known`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
