import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Processes give their own time to what they write. The database says whether that time is near its own, in the statement
 * that would use it: a clock that jumps between two looks writes nothing (F29).
 */
export class CompareClocks1764000000043 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(
      `CREATE FUNCTION clock_agrees(told timestamptz, tolerance_ms double precision) RETURNS boolean
       LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
         SELECT tolerance_ms IS NULL OR abs(extract(epoch FROM clock_timestamp() - told)) * 1000 <= tolerance_ms
       $$`,
    );
    await queryRunner.query(
      `CREATE FUNCTION clock_must_agree(told timestamptz, tolerance_ms double precision) RETURNS void
       LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS $$
       BEGIN
         IF NOT clock_agrees(told, tolerance_ms) THEN
           RAISE EXCEPTION 'the clock of this process is not that of the database' USING ERRCODE = 'PC001';
         END IF;
       END
       $$`,
    );
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
