import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The outbox, which owns all queued work, and the answers of idempotency keys. */
export class CreateOutbox1764000000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`
      CREATE TABLE effects (
        id uuid NOT NULL DEFAULT gen_random_uuid(),
        sequence bigint GENERATED ALWAYS AS IDENTITY,
        type text NOT NULL,
        payload jsonb NOT NULL,
        state text NOT NULL DEFAULT 'pending',
        priority integer NOT NULL,
        order_key text,
        singleton_key text,
        asked_again boolean NOT NULL DEFAULT false,
        epoch integer NOT NULL DEFAULT 1,
        attempts integer NOT NULL DEFAULT 0,
        losses integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        dispatched_at timestamptz,
        lease_token uuid,
        lease_until timestamptz,
        ended_at timestamptz,
        last_error text,
        CONSTRAINT effects_pk PRIMARY KEY (id),
        CONSTRAINT effects_state_known CHECK (state IN ('pending', 'dispatched', 'done', 'dead')),
        CONSTRAINT effects_lease_whole CHECK ((lease_token IS NULL) = (lease_until IS NULL)),
        CONSTRAINT effects_type_known CHECK (type IN ('run-fraud-check', 'move-gate', 'conduct-restarts', 'restart-vm', 'send-notification'))
      )`);
    for (const statement of indexes) await queryRunner.query(statement);
    await queryRunner.query(`
      CREATE TABLE idempotency_keys (
        tenant_id uuid NOT NULL,
        object_id text NOT NULL,
        method text NOT NULL,
        path text NOT NULL,
        key text NOT NULL,
        body_hash text NOT NULL,
        status integer NOT NULL,
        headers jsonb NOT NULL,
        body json,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT idempotency_keys_pk PRIMARY KEY (tenant_id, object_id, method, path, key)
      )`);
    await queryRunner.query(`CREATE INDEX idempotency_keys_oldest ON idempotency_keys (created_at)`);
    await queryRunner.query(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON effects, idempotency_keys TO postern_app`,
    );
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const indexes = [
  `CREATE INDEX effects_due ON effects (priority, due_at, sequence) WHERE state = 'pending'`,
  `CREATE INDEX effects_in_order ON effects (order_key, sequence) WHERE order_key IS NOT NULL AND state IN ('pending', 'dispatched')`,
  `CREATE UNIQUE INDEX effects_one_open ON effects (singleton_key) WHERE singleton_key IS NOT NULL AND state IN ('pending', 'dispatched')`,
  `CREATE INDEX effects_dispatched ON effects (dispatched_at) WHERE state = 'dispatched'`,
  `CREATE INDEX effects_ended ON effects (ended_at) WHERE state = 'done'`,
  `CREATE INDEX effects_dead ON effects (sequence) WHERE state = 'dead'`,
];
