import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the owner of machines was told of them, so that each thing is told once; and what a support engineer is needed
 * for, found by an index of its own because it is asked for in the night and counted for Prometheus.
 */
export class KeepWhatOwnersWereTold1764000000018 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const statements = [
  `ALTER TABLE conduct_notes ADD COLUMN human_needed_for jsonb,
     ADD COLUMN told jsonb NOT NULL DEFAULT '{"troubles": [], "reminders": null}'`,
  `SELECT set_config('app.unscoped', 'on', true)`,
  // What called somebody before is not known any more; the next look writes it down.
  `UPDATE conduct_notes SET human_needed_for = coalesce(problem,
     '{"code": "look-again", "message": "Somebody was needed before this was written down; the next look says what for."}')
   WHERE human_needed_since IS NOT NULL`,
  `SELECT set_config('app.unscoped', '', true)`,
  `ALTER TABLE conduct_notes ADD CONSTRAINT conduct_notes_human_needed_for_something
     CHECK ((human_needed_since IS NULL) = (human_needed_for IS NULL))`,
  `CREATE INDEX conduct_notes_human_needed ON conduct_notes (human_needed_since) WHERE human_needed_since IS NOT NULL`,
];
