import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the look was sent that counted the machines which are still open: a later one that failed counted nothing. */
export class KeepWhenOpenMachinesWereSeen1764000000025 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`ALTER TABLE conduct_notes ADD COLUMN still_open_seen_at timestamptz`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
