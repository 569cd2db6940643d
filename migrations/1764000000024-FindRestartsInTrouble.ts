import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Before each first stop it is asked whether a machine of its plan is in trouble: a few of perhaps ten thousand are. */
export class FindRestartsInTrouble1764000000024 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(
      `CREATE INDEX restarts_in_trouble ON restarts (exemption_id) WHERE blocker IS NOT NULL`,
    );
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
