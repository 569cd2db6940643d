import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The application's role: it owns nothing, is no superuser, and gets what it needs table by table. Roles belong to the
 * whole cluster, so another database may have made it already, or be making it at this moment.
 */
export class CreateRole1764000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DO $$
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'postern_app') THEN
          CREATE ROLE postern_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
        END IF;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END $$`);
    await queryRunner.query(`GRANT USAGE ON SCHEMA public TO postern_app`);
    await queryRunner.query(`
      DO $$ BEGIN EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO postern_app', current_database()); END $$`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
