import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { appUrlOf } from '../../launch/app-url.js';

/** A migrated database of a test file's own. */
export interface TestDatabase {
  readonly name: string;
  /** The owner's way in: a superuser under `npm test`, so never what the code under test connects with. */
  readonly ownerUrl: string;
  /** The application's way in: the ordinary role `postern_app`. */
  readonly appUrl: string;
  /** Cuts what is still connected and removes the database. */
  drop(): Promise<void>;
}

function fromRun(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this tier through \`npm test -- <path>\``);
  return value;
}

async function asOwner(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: fromRun('TEST_DATABASE_OWNER_URL') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function named(name: string): Pick<TestDatabase, 'name' | 'ownerUrl' | 'drop'> {
  const url = new URL(fromRun('TEST_DATABASE_OWNER_URL'));
  url.pathname = `/${name}`;
  const drop = () => asOwner((owner) => owner.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  return { name, ownerUrl: url.href, drop };
}

/** Names share the template's name as a prefix, by which the runner finds what a killed file left behind. */
function freshName(): string {
  return `${fromRun('TEST_TEMPLATE_DATABASE')}_${randomBytes(5).toString('hex')}`;
}

/** Clones the run's migrated template, in about 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const database = named(freshName());
  await asOwner(async (owner) => {
    await owner.query(`CREATE DATABASE ${database.name} TEMPLATE ${fromRun('TEST_TEMPLATE_DATABASE')}`);
    // Rights on the database itself are not copied from a template.
    await owner.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${database.name} TO postern_app`);
  });
  return { ...database, appUrl: appUrlOf(database.ownerUrl) };
}

/** A database with nothing in it, for the tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<Omit<TestDatabase, 'appUrl'>> {
  const database = named(freshName());
  await asOwner((owner) => owner.query(`CREATE DATABASE ${database.name} TEMPLATE template0`));
  return database;
}
