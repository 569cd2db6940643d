import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the gate of a right that has ended was last looked at: nobody else looks at it any more. */
export class WatchEndedGates1764000000035 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`ALTER TABLE gates ADD COLUMN watched_at timestamptz`);
    await queryRunner.query(
      `CREATE INDEX gates_to_watch ON gates (watched_at NULLS FIRST) WHERE state = 'closed'`,
    );
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
