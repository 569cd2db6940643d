import type { DataSource } from 'typeorm';

/** Thrown where the application would run with rights that it must not have. */
export class UnsafeRole extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsafeRole';
  }
}

/** Refuses a superuser, a role that passes by row-level security, and the owner of tables (docs/operations.md). */
export async function refuseUnsafeRole(dataSource: DataSource): Promise<void> {
  const [role] = await dataSource.query<readonly Record<string, unknown>[]>(
    `SELECT rolname, rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user) AS owns,
       to_regclass('public.effects') IS NULL AS unmigrated
     FROM pg_roles WHERE rolname = current_user`,
  );
  if (role?.unmigrated === true)
    throw new UnsafeRole('the database is not migrated: run "npm run db:migrate" as its owner first');
  if (role?.rolsuper === true)
    throw new UnsafeRole('DATABASE_APP_URL names a superuser: use the role postern_app');
  if (role?.rolbypassrls === true)
    throw new UnsafeRole('DATABASE_APP_URL names a role with BYPASSRLS: use the role postern_app');
  if (role?.owns === true)
    throw new UnsafeRole('DATABASE_APP_URL names the owner of the tables: use the role postern_app');
}
