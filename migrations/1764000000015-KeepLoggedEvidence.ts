import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Evidence of others than ourselves: the operation that a piece of evidence tells of, what the cloud calls our own
 * operations, how far its log was read; and an owner's word, the only evidence that a requester may add.
 */
export class KeepLoggedEvidence1764000000015 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const statements = [
  `ALTER TABLE machine_evidence ADD COLUMN operation text`,
  `ALTER TABLE power_operations ADD COLUMN correlation_id text`,
  `ALTER TABLE conduct_notes ADD COLUMN log_read_at timestamptz`,
  `CREATE INDEX power_operations_by_correlation ON power_operations (correlation_id) WHERE correlation_id IS NOT NULL`,
  `GRANT INSERT ON machine_evidence TO postern_api`,
  `CREATE POLICY machine_evidence_said ON machine_evidence AS RESTRICTIVE FOR INSERT TO postern_api
     WITH CHECK (kind = 'owner-said')`,
];
