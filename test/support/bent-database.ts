import pg from 'pg';
import { invariants } from '../../src/adapters/postgres/invariants/all-invariants.js';

type Statement = readonly [sql: string, ...parameters: unknown[]];

/** What `npm run verify` would say of a database that somebody with the owner's rights bent like this; it is bent back. */
export async function namedAfter(
  ownerUrl: string,
  ...statements: readonly Statement[]
): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    // Past triggers and foreign keys.
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query(`SET LOCAL app.unscoped = 'on'`);
    for (const [sql, ...parameters] of statements) await client.query(sql, parameters);
    const named: string[] = [];
    for (const { id, findBroken } of invariants)
      for (const sentence of await findBroken(client)) named.push(`${id} ${sentence}`);
    return named;
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}
