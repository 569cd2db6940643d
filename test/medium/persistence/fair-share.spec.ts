import { randomUUID } from 'node:crypto';
import { claimByTurn, claimFew } from '../../../src/adapters/postgres/claim-due.js';
import { createStoreWorld, conductOf, mail, restartOf, type StoreWorld } from './store-world.js';
import { customerTenant } from '../verbs/people.js';
import { livesIn } from './lives.js';

let world: StoreWorld;
beforeAll(async () => {
  world = await createStoreWorld();
});
beforeEach(() => world.asOwner('DELETE FROM effects'));
afterAll(() => world.close());

const [flooding, other, third] = ['a', 'b', 'c'].map(
  (letter) => `${letter.repeat(8)}-0000-4000-8000-000000000000`,
) as [string, string, string];

/** Waiting checks of a tenant, each a second older than the one before would be without it. */
const waiting = (tenantId: string, many: number, secondsAgo = 0, priority = 4) =>
  world.asOwner(
    `INSERT INTO effects (type, payload, priority, for_tenant, due_at, created_at)
     SELECT 'run-fraud-check', jsonb_build_object('requestId', gen_random_uuid(), 'round', 1, 'check', 'of-' || $1::text), $4,
       $1::uuid, $2::timestamptz - make_interval(secs => $3), $2 FROM generate_series(1, $5::integer)`,
    [tenantId, world.clock.now(), secondsAgo, priority, many],
  );

/** Whose effects were claimed, in the order of the claim. */
const ownersOf = async (claimed: readonly { readonly id: string }[]) => {
  const rows = await world.asOwner<{ id: string; for_tenant: string }>('SELECT id, for_tenant FROM effects');
  const owners = new Map(rows.map((row) => [row.id, row.for_tenant]));
  return claimed.map(({ id }) => owners.get(id));
};
const claim = (limit: number, mostOfTenant?: number) =>
  world.ledger.claimDue(limit, world.clock.now(), mostOfTenant === undefined ? {} : { mostOfTenant });

describe('a claim of effects, while more are due than it takes', () => {
  it('takes the one of a tenant at once behind 50,000 older ones of another (F30)', async () => {
    await waiting(flooding, 50_000, 3_600);
    await waiting(other, 1);
    const owners = await ownersOf(await claim(20));
    expect(owners.length).toBeGreaterThan(10);
    expect(owners.slice(0, 2).toSorted()).toEqual([flooding, other]);
  });

  it('takes turns by tenant, and first those of whom least is out', async () => {
    await waiting(flooding, 50, 60);
    await claim(5);
    await waiting(other, 3, 30);
    await waiting(third, 2);
    const claimed = await claim(8);
    expect(await ownersOf(claimed)).toEqual([
      other,
      third,
      other,
      third,
      other,
      flooding,
      flooding,
      flooding,
    ]);
    expect(claimed.map(({ turn }) => turn)).toEqual([1, 1, 2, 2, 3, 6, 7, 8]);
  });

  it('takes what is more urgent first, whose turn it ever is (B7)', async () => {
    await waiting(other, 30, 3_600);
    await waiting(flooding, 30, 0, 2);
    expect(new Set(await ownersOf(await claim(30)))).toEqual(new Set([flooding]));
  });

  it('leaves what is not due, and no tenant of whom nothing is due is in the way', async () => {
    await waiting(flooding, 40, -60);
    await waiting(other, 40);
    const claimed = await claim(20);
    expect(new Set(await ownersOf(claimed))).toEqual(new Set([other]));
    expect(claimed.isMore).toBe(true);
  });

  it('reads no more of 50,000 waiting ones than it takes, by its plan (F30)', async () => {
    await waiting(flooding, 50_000, 3_600);
    for (const tenant of [other, third]) await waiting(tenant, 5);
    await world.asOwner('ANALYZE effects');
    for (const sql of [claimFew('true'), claimByTurn('true')])
      expect(await rowsReadBy(sql)).toBeLessThan(4_000);
  });
});

/** Rows that a plan fetched from the outbox, those that it threw away among them. */
async function rowsReadBy(sql: string): Promise<number> {
  interface Node {
    readonly 'Relation Name'?: string;
    readonly 'Actual Rows': number;
    readonly 'Actual Loops': number;
    readonly 'Rows Removed by Filter'?: number;
    readonly Plans?: readonly Node[];
  }
  const readBy = (node: Node): number => {
    const own = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
    const below = (node.Plans ?? []).map(readBy).reduce((sum, rows) => sum + rows, 0);
    return (node['Relation Name'] === 'effects' ? own : 0) + below;
  };
  const [row] = await world.asOwner<{ 'QUERY PLAN': readonly { Plan: Node }[] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`,
    [world.clock.now(), 200, 300],
  );
  const [plan] = row?.['QUERY PLAN'] ?? [];
  if (plan === undefined) throw new Error('there is no plan');
  return readBy(plan.Plan);
}

describe('what one tenant may have out at once', () => {
  it('is bounded, and the claim says that more waits for it (F30, I16)', async () => {
    for (const limit of [10, 100]) {
      await world.asOwner('DELETE FROM effects');
      await waiting(flooding, 30);
      const first = await claim(limit, 7);
      expect([first.length, first.isHeldBack]).toEqual([7, true]);
      const again = await claim(limit, 7);
      expect([again.length, again.isHeldBack, again.isMore]).toEqual([0, true, false]);
      await waiting(other, 2);
      expect(await ownersOf(await claim(limit, 7))).toEqual([other, other]);
    }
  });

  it('grows again with what has ended', async () => {
    await waiting(flooding, 12);
    const [first] = await claim(10, 4);
    await world.asOwner(`UPDATE effects SET state = 'done', ended_at = now() WHERE id = $1`, [first?.id]);
    expect(await claim(10, 4)).toHaveLength(1);
  });
});

describe('an effect', () => {
  const owners = () =>
    world.asOwner<{ type: string; for_tenant: string }>(
      'SELECT type, for_tenant FROM effects ORDER BY sequence',
    );

  it('is its tenant’s, whoever asks for it', async () => {
    const lives = livesIn(world);
    const life = await lives.granted();
    const restart = await lives.planned(life);
    await world.asOwner('DELETE FROM effects');
    await world.add(mail(life.request.id), conductOf(life.exemption.id), restartOf(restart.id));
    await world.add({ type: 'move-gate', subscriptionId: life.request.subscriptionId, fence: 9 });
    const all = await owners();
    expect(all).toHaveLength(4);
    expect(new Set(all.map((one) => one.for_tenant))).toEqual(new Set([customerTenant]));
  });

  it('of a transition is the tenant’s of what moved', async () => {
    await world.submitted();
    const all = await owners();
    expect(all.length).toBeGreaterThan(0);
    expect(new Set(all.map((one) => one.for_tenant))).toEqual(new Set([customerTenant]));
  });

  it('of which nobody knows whose it is has a share among the others', async () => {
    await world.add(conductOf(randomUUID()));
    expect(await owners()).toMatchObject([{ for_tenant: '00000000-0000-0000-0000-000000000000' }]);
    expect(await world.claim()).toHaveLength(1);
  });
});
