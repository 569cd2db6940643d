import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a look last surely showed a machine without a host: a look in the middle of a start does not (docs/enforcement.md). */
export class KeepWhenNoHostWasSeen1764000000020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`ALTER TABLE machines ADD COLUMN released_seen_at timestamptz`);
    await queryRunner.query(
      `UPDATE machines SET released_seen_at = seen_at WHERE host = 'none' AND power_state IN ('deallocated', 'hibernated')`,
    );
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
