import { readFileSync } from 'node:fs';
import path from 'node:path';
import { invariantsWith } from '../src/adapters/postgres/invariants/all-invariants.js';
import { verifierKeys } from './verifier-keys.js';
import { clientOf } from '../src/adapters/postgres/connections.js';
import { endOnUncaught, endWith } from './stop-on-signal.js';

const dataDir = process.env['POSTERN_DATA_DIR'] ?? '.postern';

/** Where a running `npm start` keeps its database; its password lies beside the data, readable by its owner only. */
function databaseUrl(): string {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  try {
    return readFileSync(path.join(dataDir, 'postgres.url'), 'utf8').trim();
  } catch {
    throw new Error('give DATABASE_URL, or run beside a running "npm start" (POSTERN_DATA_DIR)');
  }
}

/** `npm run verify`: the invariants over a live database; exit 1 when one is broken. */
async function main(): Promise<number> {
  const client = clientOf(databaseUrl(), 'postern-verify');
  await client.connect();
  let broken = 0;
  try {
    // One snapshot for all of them: a row and its history are compared as of the same moment.
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL app.unscoped = 'on'`);
    for (const { id, sentence, findBroken } of invariantsWith(verifierKeys(process.env, dataDir))) {
      const found = await findBroken(client);
      process.stdout.write(`${found.length === 0 ? 'holds ' : 'BROKEN'} ${id.padEnd(4)} ${sentence}\n`);
      for (const line of found) process.stdout.write(`         ${line}\n`);
      broken += found.length;
    }
  } finally {
    await client.end();
  }
  return broken === 0 ? 0 : 1;
}

endOnUncaught('verify');
main().then(endWith, (error: unknown) => {
  process.stderr.write(`verify: ${error instanceof Error ? error.message : String(error)}\n`);
  endWith(2);
});
