import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an owner says of a machine, and what the cloud sends word of, proves nothing however often it is said: it is kept
 * once a machine and fence. Whoever could say it a thousand times could make every page and look of a subscription slow.
 */
export class KeepOneWordAMachine1764000000049 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const statements = [
  `SELECT set_config('app.unscoped', 'on', true)`,
  // Repetitions of before go: the first of each says the same, and the audit has an entry of every statement.
  `ALTER TABLE machine_evidence DISABLE TRIGGER USER`,
  `DELETE FROM machine_evidence e USING (
     SELECT ctid, row_number() OVER (PARTITION BY subscription_id, vm_id, kind, fence ORDER BY at, source) AS place
     FROM machine_evidence WHERE kind IN ('owner-said', 'event-grid')) d
   WHERE d.ctid = e.ctid AND d.place > 1`,
  `ALTER TABLE machine_evidence ENABLE TRIGGER USER`,
  // The binary of before inserts with ON CONFLICT DO NOTHING: what it repeats is dropped, and fails nowhere.
  `CREATE UNIQUE INDEX machine_evidence_said_once ON machine_evidence (subscription_id, vm_id, kind, fence)
     WHERE kind IN ('owner-said', 'event-grid')`,
];
