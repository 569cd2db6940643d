import type { MigrationInterface, QueryRunner } from 'typeorm';
import { effectTypesAre } from './support/effect-types.js';

/** Another kind of work: calling a support engineer for machines that need one. */
export class CallEngineers1764000000023 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of effectTypesAre(types)) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const types = [
  ...['run-fraud-check', 'move-gate', 'conduct-restarts', 'restart-vm', 'undo-late-stop'],
  ...['send-notification', 'call-engineer', 'check-control-proof', 'preview-restarts', 'review-addresses'],
];
