import pg from 'pg';

/** Every row of every table as text, by table: what somebody would read who held a copy of the database. */
export async function dumpRows(ownerUrl: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1`,
    );
    const dump = new Map<string, readonly string[]>();
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      dump.set(
        name,
        rows.map(({ row }) => row),
      );
    }
    return dump;
  } finally {
    await client.end();
  }
}

/** Where any of these strings stands, whatever its case: `table: string`. */
export function tablesNaming(
  dump: ReadonlyMap<string, readonly string[]>,
  strings: readonly string[],
): readonly string[] {
  return [...dump].flatMap(([table, rows]) => {
    const text = rows.join('\n').toLowerCase();
    return strings.filter((one) => text.includes(one.toLowerCase())).map((one) => `${table}: ${one}`);
  });
}

/** Tables that differ between two dumps, but for what is counted and told of every call. */
export function changedTables(
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const ofCalls = /audit_entries|people|rate_count/;
  const content = (rows: readonly string[] | undefined) => rows?.toSorted().join('\n');
  return [...after.keys()].filter(
    (name) => !ofCalls.test(name) && content(before.get(name)) !== content(after.get(name)),
  );
}
