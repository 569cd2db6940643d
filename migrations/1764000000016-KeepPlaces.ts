import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where machines stand, so that those that stand in for each other are not down at once; which round of a plan a
 * restart is; and for how many looks nothing moved. What exists has no place until it is listed again, and is in round 1.
 */
export class KeepPlaces1764000000016 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const statements = [
  `ALTER TABLE machines ADD COLUMN zone text, ADD COLUMN availability_set text, ADD COLUMN scale_set text`,
  `ALTER TABLE restarts ADD COLUMN round integer NOT NULL DEFAULT 1,
     ADD CONSTRAINT restarts_round_positive CHECK (round > 0)`,
  `ALTER TABLE restarts DROP CONSTRAINT restarts_once`,
  `ALTER TABLE restarts ADD CONSTRAINT restarts_once UNIQUE (exemption_id, vm_id, direction, fence, round)`,
  `ALTER TABLE conduct_notes ADD COLUMN quiet_looks integer NOT NULL DEFAULT 0,
     ADD CONSTRAINT conduct_notes_quiet_looks_counted CHECK (quiet_looks >= 0)`,
];
