import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Before each first stop it is asked whether its plan stands still. Thousands may be blocked by one lock, and halt nothing:
 * only those that halt a plan are kept apart.
 */
export class FindHalters1764000000028 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(
      `CREATE INDEX restarts_halting ON restarts (exemption_id)
       WHERE state = 'failed' OR (stopped_by_us AND state <> 'deallocating' AND blocker IS NOT NULL)`,
    );
    await queryRunner.query('DROP INDEX restarts_in_trouble');
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
