import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is left of the cloud's budget, one row a subscription, region and policy, shared by all workers. Unlogged: a crash
 * empties it, and the cloud's own answers teach it anew. It names subscriptions, and no tenant and no person.
 */
export class CreateCallBuckets1764000000014 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`
      CREATE UNLOGGED TABLE call_buckets (
        key text NOT NULL,
        version bigint NOT NULL,
        bucket jsonb NOT NULL,
        touched_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT call_buckets_pk PRIMARY KEY (key),
        CONSTRAINT call_buckets_version_positive CHECK (version > 0)
      )`);
    await queryRunner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON call_buckets TO postern_app`);
    await queryRunner.query(`GRANT SELECT, DELETE ON call_buckets TO postern_worker`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
