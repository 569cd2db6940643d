import { readFileSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { EntitySchema, EntitySchemaColumnOptions } from 'typeorm';
import { dumpSchema } from '../../launch/schema-dump.js';
import { createDataSource, tables } from '../../src/adapters/postgres/data-source.js';
import { runMigrations } from '../../src/adapters/postgres/migrate.js';
import { snake } from '../../src/adapters/postgres/snake-naming.js';
import { effectPriority } from '../../src/domain/effects.js';
import { lifecycleNamed } from '../../src/domain/lifecycles.js';
import { refuseUnsafeRole } from '../../src/adapters/postgres/startup-checks.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/postgres-database.js';

const committed = readFileSync(path.resolve(__dirname, '../../docs/schema.sql'), 'utf8');

async function asked<T>(
  url: string,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, [...parameters])).rows as T[];
  } finally {
    await client.end();
  }
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('the migrations', () => {
  it('make of an empty database the schema that is committed, as an ordinary owner, and twice is no harm', async () => {
    const empty = await createEmptyDatabase();
    const role = `owner_${randomBytes(4).toString('hex')}`;
    await asked(empty.ownerUrl, `CREATE ROLE ${role} LOGIN CREATEROLE PASSWORD 'p'`);
    await asked(empty.ownerUrl, `ALTER DATABASE ${empty.name} OWNER TO ${role}`);
    const url = new URL(empty.ownerUrl);
    url.username = role;
    url.password = 'p';
    try {
      await Promise.all([runMigrations(url.href), runMigrations(url.href)]);
      expect(await dumpSchema(url.href)).toBe(committed);
    } finally {
      await empty.drop();
      const server = new URL(empty.ownerUrl);
      server.pathname = '/postgres';
      await asked(server.href, `DROP ROLE ${role}`);
    }
  });

  it('leave no drift between the entities and the columns: names, types, and what may be absent', async () => {
    const columns = await asked<{ name: string; type: string; nullable: boolean }>(
      database.ownerUrl,
      `SELECT table_name || '.' || column_name AS name, data_type AS type, is_nullable = 'YES' AS nullable
       FROM information_schema.columns WHERE table_schema = 'public'`,
    );
    const actual = new Map(
      columns.map(({ name, type, nullable }) => [name, `${type}${nullable ? '?' : ''}`]),
    );
    const mapped = (tables as readonly EntitySchema<object>[]).flatMap(({ options }) =>
      (Object.entries(options.columns) as [string, EntitySchemaColumnOptions][]).map(
        ([property, { type, nullable }]) =>
          [
            `${options.tableName ?? ''}.${snake(property)}`,
            `${type === 'timestamptz' ? 'timestamp with time zone' : String(type)}${nullable === true ? '?' : ''}`,
          ] as const,
      ),
    );
    expect(mapped.filter(([name, type]) => actual.get(name) !== type)).toEqual([]);
    const known = new Set<string>(mapped.map(([name]) => name));
    const aggregates = ['exemption_requests', 'exemptions', 'restarts', 'gates', 'violations'];
    const unmapped = [...actual.keys()].filter((name) => aggregates.includes(name.split('.')[0] ?? ''));
    // What the database computes of a row is for its indexes, and marks for its policies; the watch of gates has its own.
    expect(unmapped.filter((name) => !known.has(name)).toSorted()).toEqual([
      'exemption_requests.filer_left_at',
      'exemption_requests.filer_tenant_id',
      'exemption_requests.moved_at',
      'exemptions.moved_at',
      'gates.watched_at',
    ]);
  });

  it.each([
    ['request', 'exemption_requests'],
    ['exemption', 'exemptions'],
    ['restart', 'restarts'],
    ['gate', 'gates'],
    ['violation', 'violations'],
  ] as const)('know the states of a %s as its lifecycle does (I4)', async (name, table) => {
    const [check] = await asked<{ definition: string }>(
      database.ownerUrl,
      'SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1',
      [`${table}_state_known`],
    );
    const known = [...(check?.definition ?? '').matchAll(/'([a-z-]+)'/g)].map((match) => match[1]);
    expect(known.toSorted()).toEqual(Object.keys(lifecycleNamed(name).states).toSorted());
  });

  it('know the types of effects as the domain does', async () => {
    const [check] = await asked<{ definition: string }>(
      database.ownerUrl,
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = 'effects_type_known'`,
    );
    const known = [...(check?.definition ?? '').matchAll(/'([a-z-]+)'/g)].map((match) => match[1]);
    expect(known.toSorted()).toEqual(Object.keys(effectPriority).toSorted());
  });
});

describe('the application’s role', () => {
  it.each(['history', 'audit_entries', 'timeline_entries', 'machine_evidence'])(
    'can neither change nor remove what stands in %s (I3, I9)',
    async (table) => {
      await expect(asked(database.appUrl, `UPDATE ${table} SET at = now()`)).rejects.toThrow(
        /permission denied/,
      );
      await expect(asked(database.appUrl, `DELETE FROM ${table}`)).rejects.toThrow(/permission denied/);
      for (const rewriting of [
        `DELETE FROM ${table}`,
        `UPDATE ${table} SET at = now()`,
        `TRUNCATE ${table} CASCADE`,
      ])
        await expect(asked(database.ownerUrl, rewriting)).rejects.toThrow(/append-only/);
    },
  );

  it('is what the processes start as; the owner and a superuser are refused', async () => {
    const app = createDataSource({ url: database.appUrl, poolSize: 2, name: 'test' });
    await app.initialize();
    await expect(refuseUnsafeRole(app)).resolves.toBeUndefined();
    await app.destroy();
    const owner = createDataSource({ url: database.ownerUrl, poolSize: 2, name: 'test' });
    await owner.initialize();
    await expect(refuseUnsafeRole(owner)).rejects.toThrow(/superuser/);
    await owner.destroy();
  });

  it('makes nothing in the schema of the tables, reads no other role’s secrets, and cannot become the owner', async () => {
    const owner = new URL(database.ownerUrl).username;
    const refused = [
      'CREATE TABLE mine (id integer)',
      'SELECT rolpassword FROM pg_authid',
      `SET ROLE "${owner}"`,
    ];
    for (const statement of refused)
      await expect(asked(database.appUrl, statement)).rejects.toThrow(/permission denied/);
  });

  it.each([
    ['postern_app', ['call_buckets', 'rate_counters']],
    ['postern_api', ['claims']],
    ['postern_reviewer', ['claims', 'erasable_texts', 'idempotency_keys', 'request_particulars']],
    [
      'postern_worker',
      [
        ...['address_reviews', 'call_buckets', 'claims', 'effects', 'held_mails', 'idempotency_keys'],
        ...['mail_counts', 'rate_counters', 'restart_previews'],
      ],
    ],
  ])('as %s removes no row but what is erasable, lapsed or carried out (I1)', async (role, tables) => {
    expect(await tablesWith(role, 'DELETE')).toEqual(tables);
    expect(await tablesWith(role, 'TRUNCATE')).toEqual([]);
    const kept = ['history', 'audit_entries', 'timeline_entries', 'machine_evidence'];
    expect((await tablesWith(role, 'UPDATE')).filter((table) => kept.includes(table))).toEqual([]);
  });
});

async function tablesWith(role: string, privilege: string): Promise<readonly string[]> {
  const rows = await asked<{ name: string }>(
    database.ownerUrl,
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND has_table_privilege($1, oid, $2) ORDER BY relname`,
    [role, privilege],
  );
  return rows.map(({ name }) => name);
}
