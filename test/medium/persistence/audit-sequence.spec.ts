import pg from 'pg';
import { hashChildren, leafHash } from '../../../src/adapters/audit/audit-entry.js';
import { openCheckpoint } from '../../../src/adapters/audit/signed-note.js';
import { isConsistent, rootOfInclusion } from '../../../src/domain/audit/merkle-proof.js';
import { invariantsWith } from '../../../src/adapters/postgres/invariants/all-invariants.js';
import { createAuditWorld, type AuditWorld } from './audit-world.js';
import { system } from './store-world.js';

let world: AuditWorld;
beforeEach(async () => {
  world = await createAuditWorld();
});
afterEach(() => world.close());

const children = (left: string, right: string) =>
  hashChildren(Buffer.from(left, 'base64'), Buffer.from(right, 'base64')).toString('base64');
const everything = { subjectId: null, actorId: null, action: null, since: null, until: null };
const page = { limit: 200, after: null };

const noteMany = (count: number) =>
  world.inTransaction(async (tx) => {
    for (let index = 0; index < count; index += 1) await tx.audit('noted', { type: 'test', id: `${index}` });
  });
const checkpoints = () => world.unitOfWork.read(system, (tx) => tx.auditLog.checkpoints(null, 100));
const entries = () => world.unitOfWork.read(system, (tx) => tx.auditLog.entries(everything, page));
const broken = async () => {
  const client = new pg.Client({ connectionString: world.database.ownerUrl });
  await client.connect();
  try {
    const sentences: string[] = [];
    for (const { findBroken } of invariantsWith(world.keys)) sentences.push(...(await findBroken(client)));
    return sentences;
  } finally {
    await client.end();
  }
};

describe('the sequencer of the audit', () => {
  it('gives every committed entry its place once, and signs for the tree', async () => {
    await noteMany(3);
    expect(await world.sequence()).toBe(3);
    expect(await world.sequence()).toBe(0);
    await noteMany(2);
    expect(await world.sequence('recent')).toBe(2);
    const signed = await checkpoints();
    expect(signed.map(({ size }) => size)).toEqual([5, 3]);
    for (const { size, note } of signed) expect(openCheckpoint(note, world.keys)).toMatchObject({ size });
    expect(await broken()).toEqual([]);
  });

  it('of which many run at once makes one tree', async () => {
    await noteMany(40);
    const counts = await Promise.all(Array.from({ length: 5 }, () => world.sequence()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(await broken()).toEqual([]);
  });

  it('takes what is more than a batch in several transactions', async () => {
    await noteMany(2_300);
    expect(await world.sequence()).toBe(2_300);
    expect((await checkpoints()).map(({ size }) => size)).toEqual([2_300, 2_000, 1_000]);
    expect(await broken()).toEqual([]);
  });

  it('that ends in the middle leaves nothing behind, and the next one does it all (F6)', async () => {
    await noteMany(3);
    const halfway = world.inTransaction(async (tx) => {
      await tx.auditLog.append(1_000, 'all');
      throw new Error('killed');
    });
    await expect(halfway).rejects.toThrow('killed');
    expect(await world.sequence()).toBe(3);
    expect(await broken()).toEqual([]);
  });

  it('keeps no writer waiting, and gives a place to who commits late', async () => {
    await noteMany(1);
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let started: () => void = () => undefined;
    const isOpen = new Promise<void>((resolve) => (started = resolve));
    const late = world.inTransaction(async (tx) => {
      await tx.claims.release('10000000-0000-4000-8000-000000000001');
      started();
      await held;
      await tx.audit('late', { type: 'test', id: 'late' });
    });
    await isOpen;
    await world
      .inTransaction(async (tx) => {
        await tx.auditLog.append(1_000, 'all');
        // While a sequencer is in the middle of its transaction, others write.
        await noteMany(2);
        throw new Error('given up');
      })
      .catch(() => undefined);
    expect(await world.sequence('recent')).toBe(3);
    goOn();
    await late;
    expect(await world.sequence('recent')).toBe(1);
    expect(await broken()).toEqual([]);
  });

  it('proves every entry under the newest checkpoint, and that it goes on from every earlier one', async () => {
    for (const count of [1, 4, 8]) {
      await noteMany(count);
      await world.sequence();
    }
    const [newest, ...earlier] = await checkpoints();
    const root = newest === undefined ? null : openCheckpoint(newest.note, world.keys)?.rootHash;
    for (const entry of await entries()) {
      const [proof, input] = await world.unitOfWork.read(system, async (tx) => [
        await tx.auditLog.proof(entry.id),
        tx.auditLog.leafInput(entry),
      ]);
      if (proof === null) throw new Error('an entry without a proof');
      expect(leafHash(input).toString('base64')).toBe(proof.leafHash);
      const at = { leafIndex: proof.leafIndex, size: proof.checkpoint.size };
      expect(rootOfInclusion(proof.leafHash, at, proof.path, children)).toBe(root);
    }
    for (const from of earlier) {
      const path = await world.unitOfWork.read(system, (tx) => tx.auditLog.consistency(from.size, 13));
      const [smaller, larger] = [from.note, newest?.note ?? ''].map((note) => {
        const { size = 0, rootHash = '' } = openCheckpoint(note, world.keys) ?? {};
        return { size, root: rootHash };
      });
      expect(smaller && larger && isConsistent(smaller, larger, path, children)).toBe(true);
    }
  });

  it('finds an entry that was overlooked for days when it looks at all, and not before', async () => {
    await world.asOwner(
      `INSERT INTO audit_entries (recorded_at, action, subject_type, subject_id, at, actor, details)
       VALUES (now() - interval '3 days', 'old', 'test', 'old', now(), '{}', '{}')`,
    );
    expect(await world.sequence('recent')).toBe(0);
    expect(await world.sequence('all')).toBe(1);
  });
});
