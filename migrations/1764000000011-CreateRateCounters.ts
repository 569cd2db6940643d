import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Points used against rate limits, shared by all API processes where there is no Redis. Unlogged: a crash empties it, and
 * nothing but the limits of the present minute rests on it. Keys are digests: a row names no tenant and no person.
 */
export class CreateRateCounters1764000000011 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`
      CREATE UNLOGGED TABLE rate_counters (
        window_number bigint NOT NULL,
        key text NOT NULL,
        points bigint NOT NULL,
        counted_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT rate_counters_pk PRIMARY KEY (window_number, key),
        CONSTRAINT rate_counters_points_positive CHECK (points > 0)
      )`);
    await queryRunner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON rate_counters TO postern_app`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
