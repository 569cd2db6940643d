import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Another kind of work: calling a support engineer for machines that need one. */
export class CallEngineers1764000000023 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`ALTER TABLE effects DROP CONSTRAINT effects_type_known`);
    // Not validated at once: every row that there is fits the narrower rule that it replaces.
    await queryRunner.query(`
      ALTER TABLE effects ADD CONSTRAINT effects_type_known CHECK (type IN ('run-fraud-check', 'move-gate',
        'conduct-restarts', 'restart-vm', 'undo-late-stop', 'send-notification', 'call-engineer',
        'check-control-proof', 'preview-restarts', 'review-addresses')) NOT VALID`);
    await queryRunner.query(`ALTER TABLE effects VALIDATE CONSTRAINT effects_type_known`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
