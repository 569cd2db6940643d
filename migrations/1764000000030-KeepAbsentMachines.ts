import type { MigrationInterface, QueryRunner } from 'typeorm';

const states = `'waiting', 'deallocating', 'starting', 'blocked', 'failed', 'skipped', 'absent', 'resting', 'restarted', 'gone', 'superseded', 'created-after'`;

/**
 * A machine that is not where it was is absent, not gone: since when, since when a search found it nowhere, and why it counts
 * as gone. Of one that came back, or was created here, what its evidence says by that.
 */
export class KeepAbsentMachines1764000000030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(
      `ALTER TABLE machines
         ADD COLUMN absent_since timestamptz,
         ADD COLUMN nowhere_since timestamptz,
         ADD COLUMN back_since timestamptz,
         ADD COLUMN created_here boolean NOT NULL DEFAULT false,
         ADD COLUMN gone_by text,
         ADD CONSTRAINT machines_gone_by_known CHECK (gone_by IN ('delete-logged', 'left-its-set', 'found-nowhere', 'said-by-engineer', 'nothing-open')) NOT VALID`,
    );
    await queryRunner.query(
      `ALTER TABLE restarts DROP CONSTRAINT restarts_state_known,
         ADD CONSTRAINT restarts_state_known CHECK (state IN (${states})) NOT VALID`,
    );
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
