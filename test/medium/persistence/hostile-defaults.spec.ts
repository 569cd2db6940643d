import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dumpSchema } from '../../../launch/schema-dump.js';
import { clientOf } from '../../../src/adapters/postgres/connections.js';
import { createDataSource } from '../../../src/adapters/postgres/data-source.js';
import { runMigrations } from '../../../src/adapters/postgres/migrate.js';
import { refuseUnsafeRole } from '../../../src/adapters/postgres/startup-checks.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import { brokenInvariants } from '../../support/broken-invariants.js';
import { createEmptyDatabase, createTestDatabase } from '../../support/postgres-database.js';
import { aRequest, registerSubscription } from '../../support/registry.js';
import { createQueueWorld, mail } from '../jobs/queue-world.js';
import { until } from '../../../launch/demo/desk.js';

/** Defaults that a database or a role of it may have, each of which once meant another answer or none. */
const hostile: Readonly<Record<string, string>> = {
  DateStyle: "'SQL, DMY'",
  IntervalStyle: 'sql_standard',
  TimeZone: "'Asia/Kathmandu'",
  client_encoding: 'LATIN1',
  standard_conforming_strings: 'off',
  transform_null_equals: 'on',
  array_nulls: 'off',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  row_security: 'off',
  search_path: 'pg_catalog',
  default_transaction_isolation: 'serializable',
  default_transaction_read_only: 'on',
  default_transaction_deferrable: 'on',
  statement_timeout: '3',
  lock_timeout: '1',
  idle_in_transaction_session_timeout: '1',
  idle_session_timeout: '1',
};

async function asOwner(ownerUrl: string, statements: readonly string[]): Promise<void> {
  const owner = clientOf(ownerUrl, 'test');
  await owner.connect();
  try {
    for (const statement of statements) await owner.query(statement);
  } finally {
    await owner.end();
  }
}

/** Gives the database these defaults, and the application's role in it; whoever is connected comes back under them. */
async function makeHostile({
  name,
  ownerUrl,
}: {
  readonly name: string;
  readonly ownerUrl: string;
}): Promise<void> {
  const settings = Object.entries(hostile);
  await asOwner(ownerUrl, [
    ...settings.map(([setting, value]) => `ALTER DATABASE ${name} SET ${setting} = ${value}`),
    ...settings.map(
      ([setting, value]) => `ALTER ROLE postern_app IN DATABASE ${name} SET ${setting} = ${value}`,
    ),
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
  ]);
}

describe('on a database whose defaults are all others', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
    await makeHostile(api.database);
  });
  afterAll(() => api.close());

  it('requests are filed and read as ever, with the same instants and letters', async () => {
    const customer = await api.as('customer');
    const ready = async () => (await api.nobody.get('/readyz')).status;
    await until('connections under the new defaults', ready, (status) => status === 200);
    const subscriptionId = await registerSubscription(await api.as('operator'));
    const filed = await customer.post('/v1/exemption-requests', {
      ...aRequest(subscriptionId),
      justification:
        'Bücher für Žofia: “\\x41” is no escape here, and neither is \\n; mails to our members only.',
    });
    expect(filed.status).toBe(201);
    const where = `/v1/exemption-requests/${String(filed.body.id)}`;
    const { body, status } = await customer.get(where);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: filed.body.id, submittedAt: filed.body.submittedAt });
    expect(body.submittedAt).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
    const page = await (
      await api.as('reviewer')
    ).get(`/v1/admin/exemption-requests/${String(filed.body.id)}`);
    expect(JSON.stringify(page.body)).toContain('Bücher für Žofia: “\\\\x41”');
    for (const list of ['/v1/exemption-requests', '/v1/subscriptions', `${where}/history`])
      expect([list, (await customer.get(list)).status]).toEqual([list, 200]);
    expect((await (await api.as('reviewer')).get('/v1/admin/exemption-requests')).status).toBe(200);
  });

  it('the invariants are checked all the same', async () => {
    expect(await brokenInvariants(api.database.ownerUrl, '')).toEqual([]);
  });

  it('effects go through the queue', async () => {
    const world = await createQueueWorld({ kind: 'postgres', prepare: makeHostile });
    try {
      await world.add([mail(), mail()]);
      await until(
        'both to be carried out',
        () => world.states(),
        (all) => all.done === 2,
      );
    } finally {
      await world.close();
    }
  });

  it('migrations make the same schema', async () => {
    const database = await createEmptyDatabase();
    try {
      await makeHostile(database);
      await runMigrations(database.ownerUrl);
      const committed = path.resolve(import.meta.dirname, '..', '..', '..', 'docs', 'schema.sql');
      expect(await dumpSchema(database.ownerUrl)).toBe(readFileSync(committed, 'utf8'));
    } finally {
      await database.drop();
    }
  });

  it('options in the URL are kept, and ours hold', async () => {
    const url = new URL(api.database.appUrl);
    url.searchParams.set('options', '-c work_mem=5MB -c DateStyle=German');
    const client = clientOf(url.href, 'postern-test');
    await client.connect();
    try {
      const { rows } = await client.query(
        `SELECT current_setting('work_mem') AS memory, current_setting('DateStyle') AS style,
           current_setting('application_name') AS name`,
      );
      expect(rows).toEqual([{ memory: '5MB', style: 'ISO, MDY', name: 'postern-test' }]);
    } finally {
      await client.end();
    }
  });
});

it('a database that confirms commits before they are on its disk is refused with what to do (I1)', async () => {
  const database = await createTestDatabase();
  await asOwner(database.ownerUrl, [`ALTER DATABASE ${database.name} SET synchronous_commit = off`]);
  const dataSource = await createDataSource({ url: database.appUrl, poolSize: 2, name: 'test' }).initialize();
  try {
    await expect(refuseUnsafeRole(dataSource)).rejects.toThrow(/synchronous_commit is off.*ALTER DATABASE/);
  } finally {
    await dataSource.destroy();
    await database.drop();
  }
});
