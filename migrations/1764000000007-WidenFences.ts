import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Fences are as wide as the platform's: after a restore its own is adopted (fault F21), and a platform that counts its
 * fences in milliseconds is past two billion from the beginning. Rewrites the tables: there is no release before it.
 */
export class WidenFences1764000000007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const [table, ...columns] of fences) {
      const changes = columns.map((column) => `ALTER COLUMN ${column} TYPE bigint`);
      await queryRunner.query(`ALTER TABLE ${table} ${changes.join(', ')}`);
    }
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const fences = [
  ['exemptions', 'fence'],
  ['restarts', 'fence'],
  ['gates', 'fence', 'confirmed_fence', 'first_opened_fence'],
  ['machines', 'carries_fence', 'released_under_fence'],
  ['machine_evidence', 'fence'],
  ['conduct_notes', 'fence'],
] as const;
