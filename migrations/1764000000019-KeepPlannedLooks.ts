import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When an exemption's machines are looked at next, unless somebody asks for it earlier: that is how it is told apart. */
export class KeepPlannedLooks1764000000019 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`ALTER TABLE conduct_notes ADD COLUMN next_look_at timestamptz`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
