import { readFileSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { EntitySchema } from 'typeorm';
import { dumpSchema } from '../../launch/schema-dump.js';
import { createDataSource, tables } from '../../src/adapters/postgres/data-source.js';
import { runMigrations } from '../../src/adapters/postgres/migrate.js';
import { snake } from '../../src/adapters/postgres/snake-naming.js';
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

  it('leave no drift between the entities and the columns', async () => {
    const database = await createTestDatabase();
    const columns = await asked<{ name: string }>(
      database.ownerUrl,
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public'`,
    );
    await database.drop();
    const known = new Set(columns.map(({ name }) => name));
    const mapped = (tables as readonly EntitySchema<object>[]).flatMap(({ options }) =>
      Object.keys(options.columns).map((property) => `${options.tableName ?? ''}.${snake(property)}`),
    );
    expect(mapped.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('the application’s role', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it.each(['history', 'audit_entries', 'timeline_entries', 'machine_evidence'])(
    'can neither change nor remove what stands in %s (I3, I9)',
    async (table) => {
      await expect(asked(database.appUrl, `UPDATE ${table} SET at = now()`)).rejects.toThrow(
        /permission denied/,
      );
      await expect(asked(database.appUrl, `DELETE FROM ${table}`)).rejects.toThrow(/permission denied/);
      await expect(asked(database.ownerUrl, `DELETE FROM ${table}`)).rejects.toThrow(/append-only/);
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
});
