import type { DataSource } from 'typeorm';
import { createDataSource } from '../../../src/adapters/postgres/data-source.js';
import { LocalWake } from '../../../src/adapters/postgres/local-wake.js';
import { PostgresEffectLedger } from '../../../src/adapters/postgres/postgres-effect-ledger.js';
import { PostgresExclusiveWork } from '../../../src/adapters/postgres/postgres-housekeeping.js';
import { Sweeper } from '../../../src/jobs/sweeper.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres-database.js';
import { clock } from './queue-world.js';

describe('the sweep', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let done: string[] = [];
  let errors: unknown[] = [];
  let batches = 1;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = createDataSource({ url: database.appUrl, poolSize: 5, name: 'test' });
    await dataSource.initialize();
  });
  beforeEach(() => {
    done = [];
    errors = [];
    batches = 1;
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** One worker's sweep, on a session of its own; its verbs note that they were run. */
  const sweeper = (overdue: () => Promise<void> = () => Promise.resolve()) =>
    new Sweeper({
      ledger: new PostgresEffectLedger(dataSource, new LocalWake()),
      clock,
      mayWork: () => Promise.resolve(true),
      exclusive: new PostgresExclusiveWork(dataSource),
      housekeeping: {
        purge: () => Promise.resolve({ removed: done.push('purge'), isMore: (batches -= 1) > 0 }),
      },
      failures: { run: () => Promise.resolve(void done.push('failure')) },
      overdue: {
        run: async () => {
          done.push('overdue');
          await overdue();
          return { requests: 0, exemptions: 0 };
        },
      },
      unattended: { run: () => Promise.resolve(done.push('unattended')) },
      endedGates: { run: () => Promise.resolve(done.push('ended gates')) },
      audit: { run: (among) => Promise.resolve(done.push(`audit of ${among}`)) },
      everyMs: 10,
      lostAfterMs: 60_000,
      onError: (error) => errors.push(error),
    });

  it('is made by one of many workers at a time', async () => {
    const second = sweeper();
    const first = sweeper(() => second.sweep());
    await first.sweep();
    await first.stop();
    expect(done).toEqual(['overdue', 'unattended', 'ended gates', 'audit of all', 'purge']);
    await second.sweep();
    await second.stop();
    expect(done).toHaveLength(10);
  });

  it('gives an owner to what has none also when something overdue could not be ended (I13)', async () => {
    const failure = new Error('one could not be ended');
    const failing = sweeper(() => Promise.reject(failure));
    await failing.sweep();
    await failing.stop();
    expect(done).toEqual(['overdue', 'unattended', 'ended gates', 'audit of all', 'purge']);
    expect(errors).toEqual([failure]);
  });

  it('forgets until nothing is old, and goes on with what is due meanwhile (I16)', async () => {
    batches = 40;
    const one = sweeper();
    await one.sweep();
    while (batches > 0) await one.sweep();
    await one.stop();
    expect(done.filter((what) => what === 'purge')).toHaveLength(40);
    expect(done.filter((what) => what === 'overdue').length).toBeGreaterThan(1);
  });

  it('stops forgetting when its worker stops', async () => {
    batches = Number.POSITIVE_INFINITY;
    const one = sweeper();
    await one.sweep();
    await one.stop();
    const forgotten = done.length;
    await one.stop();
    expect(done).toHaveLength(forgotten);
  });

  it('that takes longer than the time between two is not followed by a crowd, and ends before its worker does', async () => {
    let nearItsEnd: () => void = () => undefined;
    const isNearItsEnd = new Promise<void>((resolve) => {
      nearItsEnd = resolve;
    });
    const slow = sweeper(async () => {
      // As long as ten of them.
      for (const begun = performance.now(); performance.now() < begun + 100;)
        await dataSource.query('SELECT');
      nearItsEnd();
    });
    slow.start();
    await isNearItsEnd;
    await slow.stop();
    expect(done).toEqual(['overdue', 'unattended', 'ended gates', 'audit of all', 'purge']);
  });
});
