import type { DataSource } from 'typeorm';

/** Thrown where the application would run with rights that it must not have, on tables that nobody guards, or on sand. */
export class UnsafeRole extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsafeRole';
  }
}

/** THE list of tables without a tenant; every other one is guarded by row-level security, or nothing starts. */
export const tablesWithoutTenant: readonly string[] = [
  'audit_checkpoints',
  'audit_entries',
  'audit_leaves',
  'audit_nodes',
  'audit_retirements',
  'call_buckets',
  'effects',
  'mail_counts',
  'rate_counters',
  'schema_migrations',
];

/**
 * Refuses a superuser, a role that passes by row-level security, the owner of tables, and a database with a table that
 * is not guarded (docs/operations.md). Throws UnsafeRole with what to do.
 */
export async function refuseUnsafeRole(dataSource: DataSource): Promise<void> {
  const [role] = await dataSource.query<readonly Record<string, unknown>[]>(
    `SELECT rolname, rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user) AS owns,
       current_setting('synchronous_commit') = 'off' AS forgets,
       to_regclass('public.effects') IS NULL OR to_regrole('postern_worker') IS NULL AS unmigrated
     FROM pg_roles WHERE rolname = current_user`,
  );
  if (role?.unmigrated === true)
    throw new UnsafeRole('the database is not migrated: run "npm run db:migrate" as its owner first');
  if (role?.forgets === true)
    throw new UnsafeRole(
      'synchronous_commit is off, so that a crash of the server loses what callers were told is kept: ' +
        'run "ALTER DATABASE … RESET synchronous_commit" as its owner (or "ALTER ROLE postern_app RESET …")',
    );
  if (role?.rolsuper === true)
    throw new UnsafeRole('DATABASE_APP_URL names a superuser: use the role postern_app');
  if (role?.rolbypassrls === true)
    throw new UnsafeRole('DATABASE_APP_URL names a role with BYPASSRLS: use the role postern_app');
  if (role?.owns === true)
    throw new UnsafeRole('DATABASE_APP_URL names the owner of the tables: use the role postern_app');
  const open = await unguardedTables(dataSource);
  if (open.length > 0)
    throw new UnsafeRole(`no row-level security guards ${open.join(', ')}: run "npm run db:migrate"`);
}

/** Tables of ours that have a tenant and no forced row-level security with policies. */
export async function unguardedTables(dataSource: Pick<DataSource, 'query'>): Promise<readonly string[]> {
  const rows = await dataSource.query<readonly { name: string }[]>(
    `SELECT c.relname AS name FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname <> ALL ($1::text[])
       AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
     ORDER BY c.relname`,
    [tablesWithoutTenant],
  );
  return rows.map(({ name }) => name);
}
