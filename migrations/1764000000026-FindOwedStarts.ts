import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every sweep asks who owes a start to a machine, whatever became of the right: a few of all restarts that ever were. */
export class FindOwedStarts1764000000026 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`CREATE INDEX restarts_to_start ON restarts (exemption_id) WHERE stopped_by_us`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
