import pg from 'pg';
import { invariants } from '../../src/adapters/postgres/invariants/all-invariants.js';

/** What `npm run verify` would say of a database. */
export async function brokenInvariants(ownerUrl: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const broken: string[] = [];
    for (const { id, findBroken } of invariants) {
      for (const line of await findBroken(client)) broken.push(`${id} ${line}`);
    }
    return broken;
  } finally {
    await client.end();
  }
}
