import { runMigrations } from '../src/adapters/postgres/migrate.js';
import { ensureLogIn } from './database.js';
import { endOnUncaught, fail } from './stop-on-signal.js';

// `npm run db:migrate`: the schema, the queue backend's included, and where DATABASE_APP_URL is given the
// application's way in. Both URLs hold passwords; nothing of them is printed.

async function main(): Promise<void> {
  const ownerUrl = process.env['DATABASE_URL'];
  const appUrl = process.env['DATABASE_APP_URL'];
  if (!ownerUrl) throw new Error("give DATABASE_URL, the owner's (.env.example)");
  await runMigrations(ownerUrl);
  if (appUrl) await ensureLogIn(ownerUrl, appUrl);
  console.log('The database is at the newest schema.');
}

endOnUncaught('db:migrate');
main().catch((error: unknown) => fail(`postern: ${error instanceof Error ? error.message : String(error)}`));
