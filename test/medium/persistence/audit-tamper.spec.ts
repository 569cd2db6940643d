import pg from 'pg';
import { invariantsWith } from '../../../src/adapters/postgres/invariants/all-invariants.js';
import { createAuditWorld, type AuditWorld } from './audit-world.js';
import { customer } from '../verbs/people.js';
import { livesIn } from './lives.js';

let world: AuditWorld;
let client: pg.Client;
beforeAll(async () => {
  world = await createAuditWorld();
  const lives = livesIn(world);
  await lives.granted();
  await world.sequence();
  await lives.revoked();
  await world.noted('one');
  await world.sequence();
  await world.noted('two');
  await world.submitted();
  client = new pg.Client({ connectionString: world.database.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await world.close();
});

async function found(): Promise<readonly string[]> {
  const sentences: string[] = [];
  for (const { id, findBroken } of invariantsWith(world.keys)) {
    for (const sentence of await findBroken(client)) sentences.push(`${id} ${sentence}`);
  }
  return sentences;
}

/** What verify finds after somebody with all rights and no triggers in the way did this; it is undone afterwards. */
async function foundAfter(...statements: readonly string[]): Promise<readonly string[]> {
  await client.query('BEGIN');
  try {
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query('ALTER TABLE audit_entries ALTER COLUMN sequence DROP IDENTITY');
    for (const statement of statements) await client.query(statement);
    return await found();
  } finally {
    await client.query('ROLLBACK');
  }
}

async function asked(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await client.query(sql)).rows as Readonly<Record<string, unknown>>[];
}
const one = async (sql: string) => String(Object.values((await asked(sql))[0] ?? {})[0]);

/** The least change of a value of a type. */
const bent: Readonly<Record<string, (column: string) => string>> = {
  uuid: (column) =>
    `(left(${column}::text, 35) || CASE right(${column}::text, 1) WHEN '0' THEN '1' ELSE '0' END)::uuid`,
  text: (column) => `coalesce(${column}, '') || '.'`,
  bigint: (column) => `coalesce(${column}, 0) + 1`,
  smallint: (column) => `${column} + 1`,
  'timestamp with time zone': (column) => `${column} + interval '1 microsecond'`,
  jsonb: (column) => `${column} || '{"more": null}'`,
  bytea: (column) => `set_bit(${column}, 77, 1 - get_bit(${column}, 77))`,
};

describe('verify (I9)', () => {
  it('finds nothing in what was written through the stores, sequenced or not yet', async () => {
    expect(await found()).toEqual([]);
    expect(Number(await one('SELECT count(*) FROM audit_checkpoints'))).toBe(2);
    expect(await foundAfter('SELECT 1')).toEqual([]);
  });

  it('finds the least change in each column of an entry, sequenced or not, and names the entry', async () => {
    const columns = await asked(
      `SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'audit_entries'`,
    );
    expect(columns.length).toBeGreaterThan(10);
    const entry = await one(
      `SELECT e.id FROM audit_entries e JOIN audit_leaves l ON l.entry_id = e.id WHERE l.leaf_index = 5`,
    );
    for (const { column_name: column, data_type: type } of columns) {
      const change = bent[String(type)]?.(String(column)) ?? 'NULL';
      const sentences = await foundAfter(
        `UPDATE audit_entries SET ${String(column)} = ${change} WHERE id = '${entry}'`,
      );
      expect([column, sentences.some((sentence) => sentence.includes(entry))]).toEqual([column, true]);
    }
  });

  it('finds every single bit of a text and of a hash', async () => {
    const entry = await one(`SELECT entry_id FROM audit_leaves WHERE leaf_index = 3`);
    for (let bit = 0; bit < 256; bit += 5) {
      const sentences = await foundAfter(
        `UPDATE audit_leaves SET leaf_hash = set_bit(leaf_hash, ${bit}, 1 - get_bit(leaf_hash, ${bit})) WHERE leaf_index = 3`,
      );
      expect(sentences.some((sentence) => sentence.includes(entry))).toBe(true);
    }
  });

  it.each(['audit_leaves', 'audit_nodes', 'audit_checkpoints'])(
    'finds the least change in each column of %s',
    async (table) => {
      const columns = await asked(
        `SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '${table}'`,
      );
      const row = await one(`SELECT ctid FROM ${table} ORDER BY ctid OFFSET 1 LIMIT 1`);
      for (const { column_name: column, data_type: type } of columns) {
        const change = bent[String(type)]?.(String(column)) ?? 'NULL';
        const sentences = await foundAfter(
          // Past the keys as well: the table is rewritten without them.
          ...(
            await asked(
              `SELECT conname FROM pg_constraint WHERE conrelid = '${table}'::regclass AND contype IN ('p', 'u')`,
            )
          ).map(({ conname }) => `ALTER TABLE ${table} DROP CONSTRAINT ${String(conname)}`),
          `UPDATE ${table} SET ${String(column)} = ${change} WHERE ctid = '${row}'`,
        );
        expect([column, sentences.filter((sentence) => sentence.startsWith('I9 '))]).not.toEqual([
          column,
          [],
        ]);
      }
    },
  );

  it('finds a number that is only spelt otherwise', async () => {
    const entry = await one(
      `SELECT id FROM audit_entries WHERE details ? 'version' ORDER BY sequence LIMIT 1`,
    );
    const sentences = await foundAfter(
      `UPDATE audit_entries SET details = replace(details::text, '"version": 1', '"version": 1.0')::jsonb WHERE id = '${entry}'`,
    );
    expect(sentences).toEqual([expect.stringContaining(entry)]);
  });

  it('finds an entry that was removed, with its leaf or without, and names it', async () => {
    const entry = await one(`SELECT entry_id FROM audit_leaves WHERE leaf_index = 4`);
    const alone = await foundAfter(`DELETE FROM audit_entries WHERE id = '${entry}'`);
    expect(alone.some((sentence) => sentence.includes(entry))).toBe(true);
    const leaf = await foundAfter(`DELETE FROM audit_leaves WHERE leaf_index = 4`);
    expect(leaf.some((sentence) => sentence.includes(entry))).toBe(true);
    const both = await foundAfter(
      `DELETE FROM audit_entries WHERE id = '${entry}'`,
      `DELETE FROM audit_leaves WHERE leaf_index = 4`,
    );
    expect(both.some((sentence) => sentence.includes('leaf 4 is missing'))).toBe(true);
  });

  it('finds an entry of a state change that was removed before it was sequenced: its line has none', async () => {
    const sentences = await foundAfter(
      `DELETE FROM audit_entries WHERE id = (SELECT e.id FROM audit_entries e WHERE history_sequence IS NOT NULL
         AND NOT EXISTS (SELECT FROM audit_leaves l WHERE l.entry_id = e.id))`,
    );
    const line = await one('SELECT max(sequence) FROM history');
    expect(sentences).toEqual([expect.stringContaining(`line ${line} of request`)]);
  });

  it('finds two entries that changed places', async () => {
    const sentences = await foundAfter(
      'ALTER TABLE audit_leaves DROP CONSTRAINT audit_leaves_pk',
      'UPDATE audit_leaves SET leaf_index = 5 - leaf_index WHERE leaf_index IN (2, 3)',
    );
    expect(sentences.some((sentence) => sentence.includes('node 1/1 over the entries'))).toBe(true);
  });

  it('finds an entry that was put in between, with a leaf of its own', async () => {
    const sentences = await foundAfter(
      'ALTER TABLE audit_leaves DROP CONSTRAINT audit_leaves_pk',
      'UPDATE audit_leaves SET leaf_index = leaf_index + 1 WHERE leaf_index >= 3',
      `INSERT INTO audit_leaves (leaf_index, entry_id, recorded_at, leaf_hash)
         SELECT 3, id, recorded_at, sha256('x') FROM audit_entries WHERE subject_id = 'two'`,
    );
    const put = await one(`SELECT id FROM audit_entries WHERE subject_id = 'two'`);
    expect(sentences.some((sentence) => sentence.includes(put))).toBe(true);
    expect(sentences.some((sentence) => sentence.includes('signed over another tree'))).toBe(true);
  });

  it('finds a tree that was cut off at its end, and names what has no place any more', async () => {
    const last = await one('SELECT entry_id FROM audit_leaves ORDER BY leaf_index DESC LIMIT 1');
    const leaves = await foundAfter(
      'DELETE FROM audit_leaves WHERE leaf_index = (SELECT max(leaf_index) FROM audit_leaves)',
    );
    expect(leaves.some((sentence) => sentence.includes('is larger than the tree'))).toBe(true);
    expect(leaves.some((sentence) => sentence.includes(`entry ${last} has no leaf`))).toBe(true);
    const checkpoint = await foundAfter(
      'DELETE FROM audit_checkpoints WHERE size = (SELECT max(size) FROM audit_checkpoints)',
    );
    expect(checkpoint).toEqual([expect.stringContaining('was never signed for')]);
    expect(await foundAfter('DELETE FROM audit_nodes WHERE level = 2 AND node_index = 1')).not.toEqual([]);
  });

  it('finds a line of history that says something else than its entry, but misses nobody who was erased (I15)', async () => {
    const line = await one(`SELECT max(sequence) FROM history WHERE aggregate = 'request' AND version = 1`);
    const entry = await one(`SELECT id FROM audit_entries WHERE history_sequence = ${line}`);
    for (const change of [
      `event = event || '{"dailyVolume": 1}'`,
      `at = at + interval '1 microsecond'`,
      `actor = actor || '{"kind": "platform"}'`,
      `actor = actor || '{"objectId": "somebody else"}'`,
      `tenant_id = gen_random_uuid()`,
    ]) {
      const sentences = await foundAfter(`UPDATE history SET ${change} WHERE sequence = ${line}`);
      expect([change, sentences.some((sentence) => sentence.includes(entry))]).toEqual([change, true]);
    }
    const { tenantId, objectId } = customer;
    expect(await foundAfter(`SELECT erase_person_unscoped('${tenantId}', '${objectId}')`)).toEqual([]);
  });

  it('says that it cannot tell who signed where it has no key', async () => {
    const [signed] = invariantsWith([]).slice(-1);
    expect(await signed?.findBroken(client)).toEqual([expect.stringContaining('AUDIT_VERIFIER_KEYS')]);
  });
});
