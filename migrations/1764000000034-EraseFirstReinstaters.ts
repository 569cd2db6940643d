import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Two people reinstate what policy suspended; the first of them stands in the suspension, and an erasure has to find them
 * there. The function of erasures is long and changes in two places only: it is taken as it stands.
 */
export class EraseFirstReinstaters1764000000034 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    await queryRunner.query(`
      DO $do$
      DECLARE
        before text := pg_get_functiondef('erase_person_unscoped(uuid, text)'::regprocedure);
        changed text := replace(before,
          $$jsonb_set(e.suspension, '{by}', without_person(e.suspension -> 'by', tenant, object, pseudonym))$$,
          $$jsonb_set(jsonb_set(e.suspension, '{by}', without_person(e.suspension -> 'by', tenant, object, pseudonym)), '{firstReinstatement,by}',
            coalesce(without_person(e.suspension #> '{firstReinstatement,by}', tenant, object, pseudonym), 'null'), false)$$);
        again text := replace(changed,
          $$e.suspension -> 'by' ->> 'objectId',$$,
          $$e.suspension -> 'by' ->> 'objectId', e.suspension #>> '{firstReinstatement,by,objectId}',$$);
      BEGIN
        IF changed = before OR again = changed THEN RAISE EXCEPTION 'erase_person_unscoped is not as it was'; END IF;
        EXECUTE again;
      END $do$`);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}
