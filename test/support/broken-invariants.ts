import { verifierKeys } from '../../launch/verifier-keys.js';
import { invariants, invariantsWith } from '../../src/adapters/postgres/invariants/all-invariants.js';
import { clientOf } from '../../src/adapters/postgres/connections.js';

/** What `npm run verify` would say of a database; with the keys of a data directory, of signatures too. */
export async function brokenInvariants(
  ownerUrl: string,
  dataDir?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const all = dataDir === undefined ? invariants : invariantsWith(verifierKeys(env, dataDir));
  const client = clientOf(ownerUrl, 'postern-verify');
  await client.connect();
  try {
    const broken: string[] = [];
    for (const { id, findBroken } of all) {
      for (const line of await findBroken(client)) broken.push(`${id} ${line}`);
    }
    return broken;
  } finally {
    await client.end();
  }
}
