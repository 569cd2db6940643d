import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { applyEvent } from '../../../src/application/apply-event.js';
import { StoreUnavailable, type Transaction } from '../../../src/domain/ports/unit-of-work.js';
import { requestLifecycle } from '../../../src/domain/request/request.lifecycle.js';
import type { ExemptionRequest } from '../../../src/domain/request/request.js';
import { until } from '../../../launch/demo/desk.js';
import { customer, customerTenant, partner } from '../verbs/people.js';
import { refusalOf } from '../verbs/verb-world.js';
import { createStoreWorld, inside, system, type StoreWorld } from './store-world.js';

let world: StoreWorld;
beforeAll(async () => {
  world = await createStoreWorld({ poolSize: 6 });
});
afterAll(() => world.close());

const everything = { kind: 'platform' } as const;
const withdraw = (tx: Transaction, request: ExemptionRequest) =>
  applyEvent(
    tx,
    requestLifecycle,
    request,
    request.id,
    { type: 'withdrawn', reasonTextId: null },
    { actor: customer, now: world.clock.now() },
  );
const find = (id: string) =>
  world.unitOfWork.read({ actor: customer }, (tx) => tx.requests.find(everything, id, world.clock.now()));
const counted = async (table: string): Promise<number> => {
  const [row] = await world.asOwner<{ count: number }>(`SELECT count(*)::integer AS count FROM ${table}`);
  return row?.count ?? -1;
};
const tables = ['exemption_requests', 'history', 'audit_entries', 'timeline_entries', 'effects'];
const countedAll = () => Promise.all(tables.map(counted));

describe('a decision', () => {
  it('is written whole: the row, its history, one audit entry, what is told, and its effects (I3, I9)', async () => {
    const before = await countedAll();
    const request = await world.submitted();
    const after = await countedAll();
    // Two effects: its one check, and a look at its machines.
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([1, 1, 1, 1, 2]);
    expect(await find(request.id)).toEqual(request);
    const [entry] = await world.unitOfWork.read({ actor: customer }, (tx) =>
      tx.history.of('request', request.id),
    );
    expect(entry).toMatchObject({ version: 1, from: null, to: 'checking', at: request.submittedAt });
    const [audit] = await world.asOwner(
      `SELECT action, subject_id, p.object_id AS who
       FROM audit_entries a JOIN people p ON p.commitment = a.actor ->> 'person' WHERE history_sequence = $1`,
      [entry?.sequence],
    );
    expect(audit).toEqual({ action: 'request.submitted', subject_id: request.id, who: customer.objectId });
  });

  it('leaves nothing behind when its work fails after it (I1, I9)', async () => {
    const facts = await world.registered();
    const before = await countedAll();
    const attempt = world.inTransaction(async (tx) => {
      await world.submitIn(tx, facts);
      throw new Error('on second thought');
    });
    await expect(attempt).rejects.toThrow('on second thought');
    expect(await countedAll()).toEqual(before);
  });

  it('on a version that was read before somebody else decided is stale (I3)', async () => {
    const request = await world.submitted();
    await world.inTransaction((tx) => withdraw(tx, request));
    const late = world.inTransaction((tx) => withdraw(tx, request));
    expect(await refusalOf(late)).toEqual(['stale', 'stale-version']);
    expect((await find(request.id))?.version).toBe(2);
  });

  it('of 50 submits at once for one subscription is one; the others conflict (I2, F15)', async () => {
    const facts = await world.registered();
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => world.submitted(facts)));
    const refused = all.filter((one) => one.status === 'rejected').map(({ reason }) => reason as Error);
    expect(all.length - refused.length).toBe(1);
    for (const error of refused) {
      expect(await refusalOf(Promise.reject(error))).toEqual(['conflict', 'live-request-exists']);
    }
  });
});

describe('a transaction', () => {
  it('knows whose it is, and tells the next one on its connection nothing (I12)', async () => {
    const asked = (tx: Transaction) =>
      inside(tx, `SELECT current_setting('app.tenant', true) AS tenant, current_user AS role`);
    const [seen] = await world.unitOfWork.read({ actor: partner }, asked);
    expect(seen).toEqual({ tenant: partner.tenantId, role: 'postern_api' });
    const leaked = await world.dataSource.query<{ tenant: string | null }[]>(
      `SELECT nullif(current_setting('app.tenant', true), '') AS tenant`,
    );
    expect(leaked).toEqual([{ tenant: null }]);
  });

  it('that only reads cannot write', async () => {
    const attempt = world.unitOfWork.read({ actor: customer }, (tx) =>
      tx.tenants.save({ tenantId: randomUUID(), kind: 'customer', name: 'Nobody' }),
    );
    await expect(attempt).rejects.toThrow(/read-only transaction/);
  });

  it('tells what failed first, also where what came after it failed before anybody looked', async () => {
    const attempt = world.inTransaction(async (tx) => {
      await tx.tenants.save({ tenantId: 'no uuid', kind: 'customer', name: 'Bad' });
      await tx.requests.find(everything, randomUUID(), world.clock.now());
    });
    await expect(attempt).rejects.toThrow(/invalid input syntax for type uuid/);
  });

  it('does not pass as committed when a failed statement of its was swallowed', async () => {
    const tenantId = randomUUID();
    const attempt = world.inTransaction(async (tx) => {
      await tx.tenants.save({ tenantId, kind: 'customer', name: 'Lost' });
      await tx.tenants.save({ tenantId: 'no uuid', kind: 'customer', name: 'Bad' }).catch(() => undefined);
    });
    await expect(attempt).rejects.toThrow();
    expect(await world.unitOfWork.read(system, (tx) => tx.tenants.find(tenantId))).toBeNull();
  });

  it('that is the victim of a deadlock is run again, and both succeed (F6)', async () => {
    const [first, second] = [await world.submitted(), await world.submitted()];
    const now = world.clock.now();
    let waiting = 0;
    let runs = 0;
    let meet: () => void = () => undefined;
    const bothHoldOne = new Promise<void>((resolve) => (meet = resolve));
    const crossing = (one: ExemptionRequest, other: ExemptionRequest) =>
      world.inTransaction(async (tx) => {
        runs += 1;
        await tx.requests.lock(everything, one.id, now);
        waiting += 1;
        if (waiting === 2) meet();
        await bothHoldOne;
        const held = await tx.requests.lock(everything, other.id, now);
        if (held !== null) await tx.claims.release(held.id);
        return 'done';
      });
    expect(await Promise.all([crossing(first, second), crossing(second, first)])).toEqual(['done', 'done']);
    expect(runs).toBeGreaterThan(2);
  });
});

describe('a store that cannot answer', () => {
  const backend = async (tx: Transaction): Promise<unknown> =>
    (await inside(tx, 'SELECT pg_backend_pid() AS pid'))[0]?.pid;

  it('because the connection was cut between two statements is unavailable, and recovers alone (F6)', async () => {
    const facts = await world.registered();
    const attempt = world.inTransaction(async (tx) => {
      const pid = await backend(tx);
      await world.asOwner('SELECT pg_terminate_backend($1)', [pid]);
      const gone = () => world.asOwner('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]);
      await until('the backend to be gone', gone, (rows) => rows.length === 0);
      await new Promise((resolve) => setImmediate(resolve));
      return world.submitIn(tx, facts);
    });
    await expect(attempt).rejects.toBeInstanceOf(StoreUnavailable);
    expect((await world.submitted(facts)).state).toBe('checking');
  });

  it('because the connection was cut in a statement is unavailable (F6)', async () => {
    const attempt = world.inTransaction(async (tx) => cutWhileAsleep(tx, await backend(tx)));
    await expect(attempt).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('because a lock is held for too long is unavailable, not a fault (F6)', async () => {
    const request = await world.submitted();
    const holder = new pg.Client({ connectionString: world.database.ownerUrl });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM exemption_requests WHERE id = $1 FOR UPDATE', [request.id]);
    const attempt = world.inTransaction((tx) => tx.requests.lock(everything, request.id, world.clock.now()));
    await expect(attempt).rejects.toBeInstanceOf(StoreUnavailable);
    await holder.end();
    const waited = world.inTransaction((tx) => tx.requests.lock(everything, request.id, world.clock.now()));
    expect((await waited)?.id).toBe(request.id);
  }, 20_000);

  it('because all connections are taken is unavailable within its bound, and free again after (F7)', async () => {
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const holders = Array.from({ length: 6 }, () =>
      world.inTransaction(async (tx) => {
        await backend(tx);
        await held;
      }),
    );
    const attempt = world.unitOfWork.read(system, (tx) => tx.tenants.find(customerTenant));
    await expect(attempt).rejects.toBeInstanceOf(StoreUnavailable);
    letGo();
    await Promise.all(holders);
    await expect(world.unitOfWork.read(system, (tx) => tx.tenants.find(customerTenant))).resolves.toBeNull();
  }, 20_000);

  async function cutWhileAsleep(tx: Transaction, pid: unknown): Promise<void> {
    const asleep = inside(tx, 'SELECT pg_sleep(30)');
    const sleeping = () =>
      world.asOwner(`SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'`, [pid]);
    await Promise.all([
      asleep,
      until('it to sleep', sleeping, (rows) => rows.length === 1).then(() =>
        world.asOwner('SELECT pg_terminate_backend($1)', [pid]),
      ),
    ]);
  }
});

describe('two live requests of one subscription', () => {
  it('are impossible for the database itself, whatever the program believes (I2)', async () => {
    const facts = await world.registered();
    await world.submitted(facts);
    const [copied] = await world.asOwner<{ columns: string }>(
      `SELECT string_agg(column_name, ', ') AS columns FROM information_schema.columns
       WHERE table_name = 'exemption_requests' AND is_generated = 'NEVER' AND column_name <> 'id'`,
    );
    const columns = copied?.columns ?? '';
    const direct = world.asOwner(
      `INSERT INTO exemption_requests (id, ${columns}) SELECT gen_random_uuid(), ${columns}
       FROM exemption_requests WHERE subscription_id = $1`,
      [facts.subscriptionId],
    );
    await expect(direct).rejects.toThrow(/exemption_requests_one_live/);
  });
});
