import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of two approvals both may set conditions, and both hold: the first one's have a place of their own. */
export class KeepConditionsOfBothApprovals1764000000037 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`ALTER TABLE exemptions ADD COLUMN first_conditions_text_id uuid`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
