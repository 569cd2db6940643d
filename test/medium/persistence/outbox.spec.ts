import { randomUUID } from 'node:crypto';
import type { Effect } from '../../../src/domain/effects.js';
import { addMilliseconds } from '../../../src/domain/instants.js';
import { conductOf, createStoreWorld, mail, restartOf, type StoreWorld } from './store-world.js';

let world: StoreWorld;
beforeAll(async () => {
  world = await createStoreWorld();
});
beforeEach(() => world.asOwner('DELETE FROM effects'));
afterAll(() => world.close());

interface Row {
  readonly type: string;
  readonly state: string;
  readonly epoch: number;
  readonly due_at: Date;
}
const rows = () => world.asOwner<Row>('SELECT type, state, epoch, due_at FROM effects ORDER BY sequence');
const states = async () => (await rows()).map(({ state }) => state);
const later = (ms: number) => addMilliseconds(world.clock.now(), ms);
const gateOf = (subscriptionId: string, fence = 1): Effect => ({ type: 'move-gate', subscriptionId, fence });

describe('an effect of which one is open', () => {
  const conduct = conductOf(randomUUID());

  it('is not added again: the open one becomes due at once (I10)', async () => {
    await world.add(conduct);
    await world.settled((await world.taken()).lease, later(3_600_000));
    expect(await world.claim()).toEqual([]);
    await world.add(conduct, conduct);
    expect(await world.claim()).toMatchObject([{ type: 'conduct-restarts', epoch: 2 }]);
    expect(await states()).toEqual(['dispatched']);
  });

  it('comes back at once when it was asked for while it was carried out, done or not (I10, I13)', async () => {
    for (const dueAt of [null, later(3_600_000)]) {
      await world.asOwner('DELETE FROM effects');
      await world.add(conduct);
      const { lease } = await world.taken();
      await world.add(conduct);
      await world.settled(lease, dueAt);
      expect(await world.claim()).toMatchObject([{ type: 'conduct-restarts', epoch: 2 }]);
    }
  });

  it('may ask for itself in its own transaction, and is not lost when it ends there (I13)', async () => {
    await world.add(conduct);
    const { lease } = await world.taken();
    const frame = { actor: { kind: 'system', name: 'test' }, traceId: null, lease } as const;
    await world.inTransaction(async (tx) => {
      await tx.effects.add([conduct]);
      await tx.effects.settle({ kind: 'done' });
    }, frame);
    expect(await states()).toEqual(['pending']);
  });

  it('is added anew after the last one ended', async () => {
    await world.add(conduct);
    await world.settled((await world.taken()).lease);
    await world.add(conduct);
    expect(await states()).toEqual(['done', 'pending']);
  });

  it('is one however many ask at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => world.add(conduct)));
    expect(await states()).toEqual(['pending']);
  });
});

describe('effects that share an order key', () => {
  it('are out one at a time, in the order of their commits (I10)', async () => {
    const requestId = randomUUID();
    for (const sequence of [1, 2, 3]) await world.add(mail(requestId, sequence));
    const seen: number[] = [];
    for (let round = 1; round <= 3; round += 1) {
      const { effect, lease } = await world.taken();
      expect(await world.claim()).toEqual([]);
      if (effect.effect.type === 'send-notification') seen.push(effect.effect.sequence);
      await world.settled(lease);
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('wait for the one that failed and is tried again, and pass by the one that is dead (I10)', async () => {
    const requestId = randomUUID();
    await world.add(mail(requestId, 1));
    await world.add(mail(requestId, 2));
    const first = await world.taken();
    const dueAt = later(60_000);
    await world.ledger.recordFailure(first.lease, 'Error', { kind: 'retried', dueAt });
    expect(await world.claim()).toEqual([]);
    world.clock.pass(60_000);
    const again = await world.taken();
    expect(again.effect).toMatchObject({ id: first.effect.id, epoch: 2, attempts: 1, lastError: 'Error' });
    await world.ledger.recordFailure(again.lease, 'Error', { kind: 'dead' });
    expect((await world.taken()).effect.effect).toEqual(mail(requestId, 2));
  });

  it('are not overtaken by a dead one that is requeued while its successor is out (I10)', async () => {
    const subscriptionId = randomUUID();
    await world.add(gateOf(subscriptionId, 1));
    await world.add(gateOf(subscriptionId, 2));
    const first = await world.taken();
    await world.ledger.recordFailure(first.lease, 'Error', { kind: 'dead' });
    const second = await world.taken();
    expect(await world.inTransaction((tx) => tx.effects.requeue(first.effect.id))).toBe(true);
    expect(await world.claim()).toEqual([]);
    await world.settled(second.lease);
    expect((await world.taken()).effect).toMatchObject({ id: first.effect.id, epoch: 3, attempts: 0 });
  });

  it('do not hold up others', async () => {
    const requestId = randomUUID();
    await world.add(mail(requestId, 1), mail(requestId, 2), mail(randomUUID()));
    expect(await world.claim()).toHaveLength(2);
  });
});

describe('the relay’s claim', () => {
  it('takes a revocation’s gate before ten thousand restarts that are due longer (B7)', async () => {
    await world.add(...Array.from({ length: 10_000 }, () => restartOf(randomUUID())));
    world.clock.pass(60_000);
    await world.add(gateOf(randomUUID()));
    expect(await world.claim(1)).toMatchObject([{ type: 'move-gate' }]);
  });

  it('is by priority, then by age, also within one claim', async () => {
    const old = restartOf(randomUUID());
    await world.add(mail(randomUUID()), old);
    world.clock.pass(1_000);
    await world.add(restartOf(randomUUID()), conductOf(randomUUID()), gateOf(randomUUID()));
    const claimed = await world.claim();
    const types = claimed.map(({ type }) => type);
    expect(types).toEqual(['move-gate', 'restart-vm', 'restart-vm', 'conduct-restarts', 'send-notification']);
    const found = await world.inTransaction((tx) => tx.effects.find(claimed[1]?.id ?? ''));
    expect(found?.effect).toEqual(old);
  });

  it('leaves what is not due, by our clock and not the database’s', async () => {
    world.clock.pass(-86_400_000);
    await world.add(mail(randomUUID()));
    world.clock.pass(-1);
    expect(await world.claim()).toEqual([]);
    world.clock.pass(1);
    expect(await world.claim()).toHaveLength(1);
  });

  it('by several relays at once gives each effect to one of them (I10)', async () => {
    await world.add(...Array.from({ length: 100 }, () => restartOf(randomUUID())));
    const claims = await Promise.all(Array.from({ length: 5 }, () => world.claim(40)));
    const ids = claims.flat().map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([100, 100]);
  });

  it('that the queue would not take is undone under a new epoch, and what was taken up is left alone (F8)', async () => {
    await world.add(mail(randomUUID()), restartOf(randomUUID()));
    const [restart, letter] = await world.claim();
    await world.ledger.takeLease(restart?.id ?? '', 1, 60_000);
    await world.ledger.returnToPending([restart?.id ?? '', letter?.id ?? ''], later(5_000));
    expect(await world.claim()).toEqual([]);
    world.clock.pass(5_000);
    expect(await world.claim()).toMatchObject([{ id: letter?.id, type: 'send-notification', epoch: 2 }]);
  });

  it('is not held up by 100,000 that are not due', async () => {
    await world.asOwner(
      `INSERT INTO effects (type, payload, priority, singleton_key, due_at, created_at)
       SELECT 'restart-vm', '{}', 2, 'restart_' || n, $1::timestamptz + interval '1 hour' + n * interval '1 ms', $1
       FROM generate_series(1, 100000) AS n`,
      [world.clock.now()],
    );
    await world.asOwner('ANALYZE effects');
    await world.add(mail(randomUUID()));
    expect(await world.claim()).toHaveLength(1);
  });
});

describe('effects', () => {
  it('ring the relay of their own process when they are committed, and only then', async () => {
    let rings = 0;
    const stop = world.ledger.onCommitted(() => (rings += 1));
    const failed = world.inTransaction(async (tx) => {
      await tx.effects.add([mail(randomUUID())]);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await world.inTransaction((tx) => tx.claims.release(randomUUID()));
    expect(rings).toBe(0);
    await world.add(mail(randomUUID()));
    expect(rings).toBe(1);
    stop();
    await world.add(mail(randomUUID()));
    expect(rings).toBe(1);
  });

  it('are listed newest first, page by page, by state', async () => {
    await world.add(mail(randomUUID()), restartOf(randomUUID()), conductOf(randomUUID()));
    await world.claim(1);
    const list = (after: string | null, state: 'pending' | null = null) =>
      world.inTransaction((tx) => tx.effects.list({ state, after, limit: 2 }));
    const first = await list(null);
    const rest = await list(first[1]?.id ?? null);
    expect([first.length, rest.length]).toEqual([2, 1]);
    expect((await list(null, 'pending')).map(({ state }) => state)).toEqual(['pending', 'pending']);
  });

  it('are requeued only when they are dead', async () => {
    await world.add(restartOf(randomUUID()));
    const { effect, lease } = await world.taken();
    const requeue = () => world.inTransaction((tx) => tx.effects.requeue(effect.id));
    expect(await requeue()).toBe(false);
    await world.ledger.recordFailure(lease, 'TypeError', { kind: 'dead' });
    expect(await requeue()).toBe(true);
    expect(await world.claim()).toMatchObject([{ id: effect.id, epoch: 3 }]);
  });
});

describe('what the contact is mailed', () => {
  it('is an effect of its own that names the entry of the timeline, only where mails are sent', async () => {
    const request = await world.submitted();
    const told = (await rows()).filter(({ type }) => type === 'send-notification');
    expect(told).toEqual([]);
    const mailing = await createStoreWorld({ mailsAreSent: true });
    try {
      const { id } = await mailing.submitted();
      const entries = await mailing.inTransaction((tx) => tx.timeline.of(id, 0, 10));
      const mailed = await mailing.asOwner(
        `SELECT payload FROM effects WHERE type = 'send-notification' AND payload ->> 'requestId' = $1`,
        [id],
      );
      const wanted = entries.filter((entry) => entry.mailed);
      expect(wanted.length).toBeGreaterThan(0);
      expect(mailed).toEqual(wanted.map(({ sequence }) => ({ payload: { requestId: id, sequence } })));
    } finally {
      await mailing.close();
    }
    expect(request.version).toBe(1);
  });
});
