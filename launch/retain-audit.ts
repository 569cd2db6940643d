import { monthsBefore, retireMonth } from '../src/adapters/postgres/audit-retention.js';
import { clientOf } from '../src/adapters/postgres/connections.js';
import { endOnUncaught, fail } from './stop-on-signal.js';

// `npm run audit:retain -- --before YYYY-MM`: drops whole months of audit entries, as the owner of the database. The
// leaves stay, and what was dropped is recorded (docs/audit.md).

async function main(): Promise<void> {
  const [option, before = ''] = process.argv.slice(2);
  const ownerUrl = process.env['DATABASE_URL'];
  const thisMonth = new Date().toISOString().slice(0, 7);
  if (!ownerUrl) throw new Error("DATABASE_URL (the owner's) is not set");
  if (option !== '--before' || !/^\d{4}-(0[1-9]|1[0-2])$/.test(before) || before > thisMonth)
    throw new Error('say --before YYYY-MM, the present month at the latest');
  const owner = clientOf(ownerUrl, 'postern-retention');
  await owner.connect();
  try {
    const months = await monthsBefore(owner, before);
    for (const month of months)
      console.log(`${month}: ${String(await retireMonth(owner, month))} entries are gone, their leaves stay`);
    if (months.length === 0) console.log(`There is no month before ${before}.`);
  } finally {
    await owner.end();
  }
}

endOnUncaught('audit:retain');
main().catch((error: unknown) => fail(`postern: ${error instanceof Error ? error.message : String(error)}`));
