import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a machine without a host has been shown `stopped`: briefly on its way up, longer once it was shut down. */
export class KeepSinceWhenStopped1764000000027 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`ALTER TABLE machines ADD COLUMN stopped_since timestamptz`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
