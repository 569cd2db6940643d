import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { appPassword, appRole, appUrlOf } from './app-url.js';
import { runMigrations } from '../src/adapters/postgres/migrate.js';

/** The two ways into one database. Both hold passwords: never to be printed. */
export interface PreparedDatabase {
  /** For migrations and maintenance. */
  readonly ownerUrl: string;
  /** For the API and the worker: an ordinary role that owns nothing. */
  readonly appUrl: string;
}

/** Invalid authorization (28000: NOLOGIN) and invalid password (28P01), PostgreSQL's appendix A. */
const cannotLogIn: readonly string[] = ['28000', '28P01'];

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

async function canLogIn(appUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: appUrl });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (cannotLogIn.includes(codeOf(error))) return false;
    throw error;
  } finally {
    await client.end();
  }
}

async function allowLogIn(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const password = client.escapeLiteral(appPassword(new URL(ownerUrl)));
    await client.query(`ALTER ROLE ${appRole} LOGIN PASSWORD ${password}`);
  } finally {
    await client.end();
  }
}

/** Two launchers may alter the role at once: "tuple concurrently updated" (XX000) is tried again. */
async function ensureLogIn(ownerUrl: string, appUrl: string): Promise<void> {
  for (let attempt = 1; !(await canLogIn(appUrl)); attempt += 1) {
    try {
      await allowLogIn(ownerUrl);
    } catch (error) {
      if (codeOf(error) !== 'XX000' || attempt === 10) throw error;
      await delay(attempt * 20);
    }
  }
}

/**
 * Brings the database to the newest schema and makes sure that the application's role can log in. The owner may
 * be a superuser or an ordinary role with CREATEROLE.
 */
export async function prepareDatabase(ownerUrl: string): Promise<PreparedDatabase> {
  await runMigrations(ownerUrl);
  const appUrl = appUrlOf(ownerUrl);
  await ensureLogIn(ownerUrl, appUrl);
  return { ownerUrl, appUrl };
}
