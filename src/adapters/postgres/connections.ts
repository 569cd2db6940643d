import pg from 'pg';
import { HeardClient } from './heard-client.js';

/** What a kind of session differs in from the others. */
export interface SessionNeeds {
  /** How the session shows in the database's list. */
  readonly name: string;
  readonly schema?: 'public' | 'bullmq';
  /** How long a statement may take, and wait for a lock, in milliseconds; 0 is for ever. */
  readonly statementMs?: number;
  readonly lockMs?: number;
  /** How long a transaction may stand idle before the server ends its session. */
  readonly idleInTransactionMs?: number;
}

/**
 * What this product depends on, said by every session itself: a database or a role may have defaults of its own (ALTER
 * DATABASE … SET, ALTER ROLE … SET), and what a session asks for when it connects comes before them. Moments are read from
 * ISO text; quoted values hold no escapes; nothing but a transaction says how it is isolated.
 */
function settingsOf({ schema = 'public', ...needs }: SessionNeeds): Readonly<Record<string, string>> {
  return {
    DateStyle: 'ISO, MDY',
    IntervalStyle: 'postgres',
    TimeZone: 'UTC',
    client_encoding: 'UTF8',
    standard_conforming_strings: 'on',
    transform_null_equals: 'off',
    array_nulls: 'on',
    bytea_output: 'hex',
    extra_float_digits: '1',
    row_security: 'on',
    search_path: schema,
    default_transaction_isolation: 'read committed',
    default_transaction_read_only: 'off',
    default_transaction_deferrable: 'off',
    statement_timeout: String(needs.statementMs ?? 0),
    lock_timeout: String(needs.lockMs ?? 0),
    idle_in_transaction_session_timeout: String(needs.idleInTransactionMs ?? 0),
    idle_session_timeout: '0',
  };
}

/** The settings as the server takes them when a session begins: `-c name=value`, with spaces escaped. */
export function sessionOptions(needs: SessionNeeds): string {
  return Object.entries(settingsOf(needs))
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
    .join(' ');
}

/** A URL without the options that stand in it, and those options: they come first, so that ours are what holds. */
function parted(url: string): { readonly connectionString: string; readonly given: string } {
  if (!URL.canParse(url)) return { connectionString: url, given: '' };
  const parsed = new URL(url);
  const given = parsed.searchParams.get('options');
  if (given === null) return { connectionString: url, given: '' };
  parsed.searchParams.delete('options');
  return { connectionString: parsed.href, given: `${given} ` };
}

/** How every session of this product connects. The URL holds a password: never to be printed. */
export function connectionTo(
  url: string,
  needs: SessionNeeds,
): { readonly connectionString: string; readonly application_name: string; readonly options: string } {
  const { connectionString, given } = parted(url);
  return { connectionString, application_name: needs.name, options: `${given}${sessionOptions(needs)}` };
}

/** A single session, for what runs once: migrations, checks, maintenance. It has to be connected, and ended. */
export function clientOf(url: string, name: string): pg.Client {
  return new HeardClient(connectionTo(url, { name }));
}

/** Between two signs of life of a quiet connection: one that was dropped without a word is noticed in seconds. */
const keepAliveMs = 10_000;

/** The sessions of one queue, or of one of its workers; with one of them it listens for jobs. */
export function queuePool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    ...connectionTo(url, { name: 'postern-queue', schema: 'bullmq' }),
    Client: HeardClient,
    max,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
  });
  pool.on('error', () => undefined); // told by the calls that fail
  return pool;
}
