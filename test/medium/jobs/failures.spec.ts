import { until } from '../../../launch/demo/desk.js';
import type { Effect } from '../../../src/domain/effects.js';
import { queueBackends } from '../../support/redis-server.js';
import { createQueueWorld, mail, type QueueWorld } from './queue-world.js';

interface Row {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly wait: number;
}

/** Told by what it is about: the outbox gives a payload back with its keys in another order. */
function isAbout({ requestId }: { readonly requestId: string }): (effect: Effect) => boolean {
  return (effect) => 'requestId' in effect && effect.requestId === requestId;
}

describe.each(queueBackends())('an effect that fails, with its queue on %s', (kind) => {
  let world: QueueWorld;
  const states = () => world.states();
  const rows = () =>
    world.dataSource.query<Row[]>(
      `SELECT id, state, attempts, last_error, extract(epoch FROM due_at - now())::float AS wait
         FROM effects WHERE last_error IS NOT NULL`,
    );
  const failed = async (): Promise<Row> => {
    const [row] = await until('the failure to be recorded', rows, (all) => all.length > 0);
    if (row === undefined) throw new Error('there is none');
    return row;
  };
  /** Everything that waits is due at once, instead of minutes later. */
  const hurry = () =>
    world.dataSource.query(`UPDATE effects SET due_at = created_at WHERE state = 'pending'`);
  /** Work in which one effect fails, as `error` says, and the others do not. */
  const fails = (poison: ReturnType<typeof mail>, error: () => Error | null) => {
    const isIt = isAbout(poison);
    world.work = async (effect, lease) => {
      const what = isIt(effect) ? error() : null;
      if (what !== null) throw what;
      world.carried.push(effect);
      await world.settle(lease);
    };
  };
  beforeAll(async () => {
    world = await createQueueWorld({ kind });
  });
  beforeEach(async () => {
    await world.reset();
    world.dead.length = 0;
  });
  afterAll(() => world.close());

  it('is tried again about 8 seconds later, and what failed is recorded by class, not by word', async () => {
    const poison = mail();
    fails(poison, () => new Error('connect to https://secret.example/?sig=abc as ops@example.com'));
    await world.add([poison]);
    const row = await failed();
    expect(row).toMatchObject({ state: 'pending', attempts: 1, last_error: 'Error' });
    expect(row.wait).toBeGreaterThan(4);
    expect(row.wait).toBeLessThan(10);
  });

  it('is carried out by a later try, and its neighbours were not held up', async () => {
    const poison = mail();
    let tries = 0;
    const reset = Object.assign(new Error('the peer hung up'), { code: 'ECONNRESET' });
    fails(poison, () => (++tries === 1 ? reset : null));
    await world.add([poison, mail(), mail()]);
    await until('its neighbours to be done', states, (all) => all.done === 2);
    expect((await failed()).last_error).toBe('Error ECONNRESET');
    await hurry();
    await until('it to be done', states, (all) => all.done === 3);
    expect(world.dead).toEqual([]);
  });

  it('is given up after 8 tries, and its aggregate hears of it (I10)', async () => {
    const poison = mail();
    fails(poison, () => new Error('never'));
    await world.add([poison, mail()]);
    const tried = async () => {
      await hurry();
      return states();
    };
    await until('it to be given up', tried, (all) => all.dead === 1);
    const row = await failed();
    expect(row).toMatchObject({ state: 'dead', attempts: 8 });
    const heard = () => Promise.resolve(world.dead);
    expect(await until('its aggregate to hear', heard, (all) => all.length > 0)).toEqual([row.id]);
    expect(await states()).toEqual({ dead: 1, done: 1 });
  });

  it('by a defect of ours is given up at once, but not by a network that fetch calls a TypeError (F14)', async () => {
    const [defect, network] = [mail(), mail()];
    fails(network, () => new TypeError('fetch failed', { cause: new Error('ENOTFOUND') }));
    await world.add([network]);
    expect((await failed()).state).toBe('pending');
    fails(defect, () => new TypeError('x is not a function'));
    await world.add([defect]);
    await until('the defect to be set aside', states, (all) => all.dead === 1 && all.pending === 1);
  });
});
