import { runMigrations } from 'bullmq';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * BullMQ's own schema, for the PostgreSQL backend. Its workers create and drop their tables' parts at run time, so
 * the application's role needs CREATE on that schema, and on no other. Its own transaction: BullMQ brings one along.
 */
export class CreateQueueBackend1764000000006 implements MigrationInterface {
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    const query = async (text: string, values?: unknown[]) => {
      const rows: unknown = await queryRunner.query(text, values);
      return { rows: Array.isArray(rows) ? rows : [], rowCount: Array.isArray(rows) ? rows.length : 0 };
    };
    await runMigrations({ query } as Parameters<typeof runMigrations>[0], 'bullmq');
    await queryRunner.query(`GRANT USAGE, CREATE ON SCHEMA bullmq TO postern_app`);
    await queryRunner.query(`GRANT ALL ON ALL TABLES IN SCHEMA bullmq TO postern_app`);
    await queryRunner.query(`GRANT ALL ON ALL SEQUENCES IN SCHEMA bullmq TO postern_app`);
    await queryRunner.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bullmq TO postern_app`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
