import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Another kind of work: starting again what a worker stopped after it had lost its lease. */
export class UndoLateStops1764000000021 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`ALTER TABLE effects DROP CONSTRAINT effects_type_known`);
    // Not validated at once: every row that there is fits the narrower rule that it replaces.
    await queryRunner.query(`
      ALTER TABLE effects ADD CONSTRAINT effects_type_known CHECK (type IN ('run-fraud-check', 'move-gate',
        'conduct-restarts', 'restart-vm', 'undo-late-stop', 'send-notification', 'check-control-proof',
        'preview-restarts')) NOT VALID`);
    await queryRunner.query(`ALTER TABLE effects VALIDATE CONSTRAINT effects_type_known`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
