import { setTimeout as delay } from 'node:timers/promises';
import { appUrlOf } from './app-url.js';
import { runMigrations } from '../src/adapters/postgres/migrate.js';
import { clientOf } from '../src/adapters/postgres/connections.js';

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
  const client = clientOf(appUrl, 'postern-launcher');
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

async function allowLogIn(ownerUrl: string, appUrl: URL): Promise<void> {
  const client = clientOf(ownerUrl, 'postern-launcher');
  await client.connect();
  try {
    const role = client.escapeIdentifier(decodeURIComponent(appUrl.username));
    const password = client.escapeLiteral(decodeURIComponent(appUrl.password));
    await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${password}`);
  } finally {
    await client.end();
  }
}

/**
 * Lets the role of `appUrl` log in with its password, unless it can already. Two launchers may alter the role at
 * once: "tuple concurrently updated" (XX000) is tried again.
 */
export async function ensureLogIn(ownerUrl: string, appUrl: string): Promise<void> {
  for (let attempt = 1; !(await canLogIn(appUrl)); attempt += 1) {
    try {
      await allowLogIn(ownerUrl, new URL(appUrl));
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
