import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { systemActor } from '../../../src/domain/access/actor.js';
import type { Effect } from '../../../src/domain/effects.js';
import { LeaseLost, type EffectLease } from '../../../src/domain/ports/effect-store.js';
import { until } from '../../../launch/demo/desk.js';
import { queueBackends } from '../../support/redis-server.js';
import { clock, createQueueWorld, machine, mail, type QueueWorld } from './queue-world.js';

const actor = systemActor('test');

/** A door that work waits at until a test opens it. */
function door() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe.each(queueBackends())('effects through the queue on %s', (kind) => {
  let world: QueueWorld;
  const states = () => world.states();
  beforeAll(async () => {
    world = await createQueueWorld({ kind });
  });
  beforeEach(() => world.reset());
  afterAll(() => world.close());

  it('carries out what was committed, once each, and nothing of what was rolled back (I10)', async () => {
    const effects = Array.from({ length: 50 }, mail);
    await world.add(effects);
    const rolledBack = world.unitOfWork.run({ actor, traceId: null }, async (tx) => {
      await tx.effects.add([mail()]);
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    await until('all to be done', states, (all) => all.done === 50);
    expect(world.carried).toHaveLength(50);
    expect(await states()).toEqual({ done: 50 });
  });

  it('is silent about a job that comes twice, or under an epoch that has passed (I10)', async () => {
    await world.add([mail()]);
    await until('it to be done', states, (all) => all.done === 1);
    const [row] = await world.dataSource.query<{ id: string; epoch: number }[]>(
      'SELECT id, epoch FROM effects',
    );
    await world.processor.run({ effectId: row?.id ?? '', epoch: row?.epoch ?? 0 });
    await world.processor.run({ effectId: row?.id ?? '', epoch: 1 });
    expect(world.carried).toHaveLength(1);
  });

  it('keeps the order of effects that share a key, whatever the workers do at once (I10)', async () => {
    const requestId = randomUUID();
    const effects = Array.from({ length: 12 }, (_, index): Effect => ({
      type: 'send-notification',
      requestId,
      sequence: index + 1,
    }));
    for (const effect of effects) await world.add([effect]);
    await until('all to be done', states, (all) => all.done === 12);
    expect(world.carried).toEqual(effects);
  });

  it('sets a job aside that loses its worker three times, and its neighbours are unharmed (F14)', async () => {
    const poison = mail();
    const poisonId = poison.requestId;
    // A worker that dies neither settles nor fails: it is never heard of again.
    world.work = async (effect, lease) => {
      if (effect.type === 'send-notification' && effect.requestId === poisonId) return;
      world.carried.push(effect);
      await world.settle(lease);
    };
    await world.add([poison, mail(), mail()]);
    const swept = async () => {
      await world.dataSource.query(
        // Only the poison's lease: a neighbour that is being carried out at this moment keeps its own.
        `UPDATE effects SET lease_until = clock_timestamp() - interval '1 second'
         WHERE lease_token IS NOT NULL AND payload ->> 'requestId' = $1`,
        [poisonId],
      );
      await world.ledger.sweepLost(clock.now(), 60_000, 3);
      return states();
    };
    await until('the poison to be set aside', swept, (all) => all.dead === 1);
    await until('its neighbours to be done', states, (all) => all.done === 2);
    expect(world.carried).toHaveLength(2);
  });

  it('refuses every write of a worker whose lease was taken over (F4, I8)', async () => {
    await world.add([{ type: 'run-fraud-check', requestId: randomUUID(), round: 1, check: 'held' }]);
    const held: EffectLease[] = [];
    world.work = (_effect, lease) => {
      held.push(lease);
      return Promise.resolve();
    };
    await until(
      'the effect to be taken',
      () => Promise.resolve(held.length),
      (count) => count === 1,
    );
    await world.dataSource.query(`UPDATE effects SET lease_token = gen_random_uuid()`);
    const late = world.unitOfWork.run({ actor, traceId: null, lease: held[0] }, async (tx) => {
      await tx.audit('written.by-a-zombie', { type: 'effect', id: randomUUID() });
      await tx.effects.settle({ kind: 'done' });
    });
    await expect(late).rejects.toThrow(LeaseLost);
    const client = new pg.Client({ connectionString: world.database.ownerUrl });
    await client.connect();
    const { rows } = await client.query(`SELECT FROM audit_entries WHERE action = 'written.by-a-zombie'`);
    await client.end();
    expect(rows).toEqual([]);
  });

  it('comes back for what was asked again while it was carried out', async () => {
    const exemptionId = randomUUID();
    const effect: Effect = { type: 'conduct-restarts', exemptionId };
    world.work = async (each, lease) => {
      world.carried.push(each);
      if (world.carried.length === 1) await world.add([effect]);
      await world.settle(lease);
    };
    await world.add([effect]);
    await until('it to be done twice', states, (all) => all.done === 1 && world.carried.length === 2);
    expect(await states()).toEqual({ done: 1 });
  });

  it('holds no more than it needs, and lets a gate move while thousands of restarts wait and none of them ends (B7, I16)', async () => {
    const end = door();
    world.work = async (effect, lease) => {
      if (effect.type === 'restart-vm') await end.opened;
      world.carried.push(effect);
      await world.settle(lease);
    };
    await world.add(Array.from({ length: 2_000 }, machine));
    await until('its share of the queue to be full', states, (all) => (all.dispatched ?? 0) >= 300);
    const gate: Effect = { type: 'move-gate', subscriptionId: randomUUID(), fence: 1 };
    await world.add([gate]);
    await until('the gate to move', states, (all) => all.done === 1);
    expect(world.carried).toEqual([gate]);
    expect((await states()).pending).toBeGreaterThanOrEqual(1_000);
    end.open();
    await until('the restarts to end', states, (all) => all.done === 2_001);
  });

  it('carries out one tenant’s work soon although hundreds of another’s lie in the queue before it (F30)', async () => {
    const end = door();
    const check = (name: string) =>
      ({ type: 'run-fraud-check', requestId: randomUUID(), round: 1, check: name }) as const;
    const others = check('of somebody else');
    world.work = async (effect, lease) => {
      await end.opened;
      world.carried.push(effect);
      await world.settle(lease);
    };
    await world.add(Array.from({ length: 200 }, () => check('of a flood')));
    await until('the flood to be out', states, (all) => (all.dispatched ?? 0) === 200);
    await world.dataSource.query(
      `INSERT INTO effects (type, payload, priority, for_tenant, due_at, created_at)
       VALUES ('run-fraud-check', $1, 4, gen_random_uuid(), now(), now())`,
      [JSON.stringify(others)],
    );
    await until('it to be out', states, (all) => (all.dispatched ?? 0) === 201);
    end.open();
    await until('all to be done', states, (all) => all.done === 201);
    // It came after what had begun: as many as are carried out at once, and as many as a worker has fetched ahead.
    const place = world.carried.findIndex(
      (effect) => 'requestId' in effect && effect.requestId === others.requestId,
    );
    expect(place).toBeLessThan(50);
  });

  it('lets what has begun end when it is told to stop, and begins nothing more (F5)', async () => {
    const other = await createQueueWorld({ kind, concurrency: 1 });
    const [begin, end] = [door(), door()];
    other.work = async (effect, lease) => {
      begin.open();
      await end.opened;
      other.carried.push(effect);
      await other.settle(lease);
    };
    await other.add([mail(), mail(), mail()]);
    await begin.opened;
    const stopped = other.stop();
    end.open();
    await stopped;
    expect(other.carried).toHaveLength(1);
    expect((await other.states()).done).toBe(1);
    await other.close();
  });
});
