import { rmSync } from 'node:fs';
import path from 'node:path';
import { runMigrations } from '../src/adapters/postgres/migrate.js';
import { startPostgres } from './embedded-postgres.js';
import { clientOf } from '../src/adapters/postgres/connections.js';
import { stopOnSignal } from './stop-on-signal.js';
import { throwawayDirectory } from './throwaway-directory.js';

interface Line {
  readonly line: string;
}

/**
 * What of a schema is compared: columns, constraints, indexes, triggers, functions, policies, and what the roles may do.
 * Partitions are left out: which there are depends on the day.
 */
const questions: readonly (readonly [title: string, sql: string])[] = [
  [
    'Columns',
    `SELECT format('%s.%s %s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
         CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
         CASE a.attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END,
         coalesce(CASE a.attgenerated WHEN '' THEN ' DEFAULT ' ELSE ' GENERATED ALWAYS AS ' END || pg_get_expr(d.adbin, d.adrelid), '')) AS line
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       ORDER BY c.relname, a.attnum`,
  ],
  [
    'Constraints',
    `SELECT format('%s.%s %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) AS line
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
       WHERE c.relnamespace = 'public'::regnamespace AND k.contype <> 'n' AND NOT c.relispartition ORDER BY c.relname, k.conname`,
  ],
  [
    'Indexes',
    `SELECT indexdef AS line FROM pg_indexes JOIN pg_class c ON c.oid = format('%I.%I', schemaname, tablename)::regclass
       WHERE schemaname = 'public' AND NOT c.relispartition ORDER BY tablename, indexname`,
  ],
  [
    'Triggers',
    `SELECT pg_get_triggerdef(t.oid) AS line FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       WHERE NOT t.tgisinternal AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname, t.tgname`,
  ],
  [
    'Functions',
    `SELECT pg_get_functiondef(p.oid) AS line FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace ORDER BY p.proname`,
  ],
  [
    'Policies: who sees which rows (TO owner: whoever ran the migrations)',
    `SELECT format('%s %s%s: %s TO %s USING (%s)%s', c.relname, p.polname,
         CASE WHEN c.relforcerowsecurity THEN ' forced' ELSE '' END,
         CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END,
         (SELECT string_agg(CASE WHEN r = c.relowner THEN 'owner' ELSE pg_get_userbyid(r)::text END, ', ' ORDER BY pg_get_userbyid(r)) FROM unnest(p.polroles) r),
         pg_get_expr(p.polqual, p.polrelid), ' CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') AS line
       FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
       WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.relname, p.polname`,
  ],
  [
    'What the roles may do',
    `SELECT format('%s %s: %s', grantee, table_name, string_agg(privilege_type, ', ' ORDER BY privilege_type)) AS line
       FROM information_schema.role_table_grants WHERE grantee LIKE 'postern\\_%' AND table_schema = 'public'
       GROUP BY grantee, table_name
     UNION ALL
     SELECT format('%s %s, columns: %s', grantee, table_name, string_agg(privilege_type || ' ' || column_name, ', ' ORDER BY privilege_type, column_name))
       FROM information_schema.role_column_grants g WHERE grantee LIKE 'postern\\_%' AND table_schema = 'public'
         AND NOT EXISTS (SELECT FROM information_schema.role_table_grants t WHERE t.grantee = g.grantee
           AND t.table_schema = g.table_schema AND t.table_name = g.table_name AND t.privilege_type = g.privilege_type)
       GROUP BY grantee, table_name
     ORDER BY 1`,
  ],
];

/** The schema of a migrated database as text, the same on every machine. */
export async function dumpSchema(url: string): Promise<string> {
  const client = clientOf(url, 'postern-schema');
  await client.connect();
  try {
    const parts = ['-- Generated from the migrations by `npm run generate`; do not edit. Read, not run.'];
    for (const [title, sql] of questions) {
      const { rows } = await client.query<Line>(sql);
      parts.push('', `-- ${title}`, ...rows.map(({ line }) => line.trimEnd()));
    }
    return `${parts.join('\n')}\n`;
  } finally {
    await client.end();
  }
}

/** The schema that the migrations make of an empty database. */
export async function freshSchema(): Promise<string> {
  const folder = throwawayDirectory('postern-schema-');
  const starting = startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false });
  const stop = stopOnSignal(async () => {
    await (await starting.catch(() => null))?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  try {
    const { ownerUrl } = await starting;
    await runMigrations(ownerUrl);
    return await dumpSchema(ownerUrl);
  } finally {
    await stop();
  }
}
