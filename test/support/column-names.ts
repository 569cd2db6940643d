import pg from 'pg';

/** Every column of every table of a database, as the database spells it and as JSON would. */
export async function columnNames(ownerUrl: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT DISTINCT column_name AS name FROM information_schema.columns
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    );
    const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    return [...new Set(rows.flatMap(({ name }) => [name, camel(name)]))];
  } finally {
    await client.end();
  }
}
