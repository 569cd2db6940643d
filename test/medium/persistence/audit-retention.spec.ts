import pg from 'pg';
import { monthsBefore, retireMonth } from '../../../src/adapters/postgres/audit-retention.js';
import { brokenInvariants } from '../../support/broken-invariants.js';
import { createAuditWorld, type AuditWorld } from './audit-world.js';
import { system } from './store-world.js';

let world: AuditWorld;
let owner: pg.Client;
beforeAll(async () => {
  world = await createAuditWorld();
  owner = new pg.Client({ connectionString: world.database.ownerUrl });
  await owner.connect();
  await owner.query(`SELECT ensure_audit_partition('2025-01-01'), ensure_audit_partition('2025-02-01')`);
  await written('2025-01-05', 3);
  await world.sequence();
  await world.submitted();
  await written('2025-02-05', 1);
});
afterAll(async () => {
  await owner.end();
  await world.close();
});

const written = (day: string, count: number) =>
  owner.query(
    `INSERT INTO audit_entries (recorded_at, action, subject_type, subject_id, at, actor, details)
     SELECT $1::timestamptz, 'old', 'test', n::text, $1::timestamptz, '{"kind": "system"}', '{}' FROM generate_series(1, $2) n`,
    [day, count],
  );
const broken = async () =>
  (await brokenInvariants(world.database.ownerUrl, world.dataDir)).filter((line) => line.startsWith('I9'));

/** What verify finds after a change past all triggers; it is changed back. */
async function brokenAfter(change: string, back: string): Promise<readonly string[]> {
  const past = (sql: string) =>
    owner.query(`SET session_replication_role = replica; ${sql}; RESET session_replication_role`);
  await past(change);
  const found = await broken();
  await past(back);
  return found;
}

describe('the retention of the audit', () => {
  it('knows the months that are over', async () => {
    expect(await monthsBefore(owner, '2025-02')).toEqual(['2025-01']);
    expect(await monthsBefore(owner, '2025-03')).toEqual(['2025-01', '2025-02']);
  });

  it('drops no month of which an entry has no place in the tree yet, or was changed', async () => {
    await expect(retireMonth(owner, '2025-02')).rejects.toThrow('no place in the tree yet');
    await expect(retireMonth(owner, '2025-02; DROP')).rejects.toThrow('YYYY-MM');
    await world.sequence();
    const bend = (action: string) =>
      owner.query(
        `SET session_replication_role = replica; UPDATE audit_entries SET action = '${action}' WHERE recorded_at = '2025-02-05';
         RESET session_replication_role`,
      );
    await bend('new');
    await expect(retireMonth(owner, '2025-02')).rejects.toThrow('not what its leaf says');
    await bend('old');
    expect(await broken()).toEqual([]);
  });

  it('drops a month whole, records it, and leaves every proof as it was', async () => {
    expect(await retireMonth(owner, '2025-01')).toBe(3);
    expect(await monthsBefore(owner, '2025-02')).toEqual([]);
    await world.sequence();
    expect(await broken()).toEqual([]);
    const { rows } = await owner.query<{ entry_id: string }>(
      'SELECT entry_id FROM audit_leaves ORDER BY leaf_index',
    );
    for (const { entry_id: id } of rows)
      expect(await world.unitOfWork.read(system, (tx) => tx.auditLog.proof(id))).not.toBeNull();
  });

  it('cannot hide what somebody changed of it afterwards', async () => {
    const bent = [
      [
        `UPDATE audit_retirements SET entries = entries + 1`,
        `UPDATE audit_retirements SET entries = entries - 1`,
      ],
      [`UPDATE audit_retirements SET month = '2025-03'`, `UPDATE audit_retirements SET month = '2025-01'`],
      [
        `UPDATE audit_retirements SET leaves_sha256 = leaves_sha256 || 'x'`,
        `UPDATE audit_retirements SET leaves_sha256 = left(leaves_sha256, 64)`,
      ],
      [
        `UPDATE audit_leaves SET recorded_at = recorded_at + interval '1 microsecond' WHERE leaf_index = 0`,
        `UPDATE audit_leaves SET recorded_at = recorded_at - interval '1 microsecond' WHERE leaf_index = 0`,
      ],
      [
        `UPDATE audit_leaves SET history_sequence = 1 WHERE leaf_index = 0`,
        `UPDATE audit_leaves SET history_sequence = NULL WHERE leaf_index = 0`,
      ],
    ] as const;
    for (const [change, back] of bent)
      expect([change, await brokenAfter(change, back)]).not.toEqual([change, []]);
    const kept = `CREATE TEMP TABLE kept AS SELECT * FROM audit_retirements; DELETE FROM audit_retirements`;
    expect(await brokenAfter(kept, 'INSERT INTO audit_retirements SELECT * FROM kept')).toEqual(
      expect.arrayContaining([expect.stringContaining('the retirement of 2025-01')]),
    );
    expect(await broken()).toEqual([]);
  });
});
