import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/adapters/postgres/data-source.js';
import { PostgresCallBudget } from '../../src/adapters/postgres/postgres-call-budget.js';
import { PostgresHousekeeping } from '../../src/adapters/postgres/postgres-housekeeping.js';
import type { CallCharge } from '../../src/domain/ports/call-budget.js';
import { Clock } from '../../src/domain/ports/clock.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres-database.js';

class StandingClock extends Clock {
  atMs = Date.parse('2026-01-10T12:00:00.000Z');
  override now(): string {
    return new Date(this.atMs).toISOString();
  }
}

let database: TestDatabase;
let dataSource: DataSource;
const clock = new StandingClock();

beforeAll(async () => {
  database = await createTestDatabase();
  const options = dataSourceOptions({ url: database.appUrl, poolSize: 8, name: 'call-budget' });
  dataSource = await new DataSource(options).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** The budget as one worker process more sees it. */
const ofAWorker = () => new PostgresCallBudget(dataSource, clock, { chance: () => 0 });
const charge = (subscriptionId: string, differs: Partial<CallCharge> = {}): CallCharge => ({
  subscriptionId,
  region: 'westeurope',
  policy: 'DeallocateVMSubscription',
  size: { burst: 100, perMinute: 60 },
  isUrgent: false,
  ...differs,
});

describe('the cloud’s budget on PostgreSQL', () => {
  it('is one for all workers: they take no more together than one of them would (I16)', async () => {
    const workers = [ofAWorker(), ofAWorker(), ofAWorker()];
    const takings = await Promise.all(
      Array.from({ length: 50 }, () => workers.map((worker) => worker.take(charge('shared')))).flat(),
    );
    expect(takings.filter((taking) => taking.kind === 'granted')).toHaveLength(100);
    const waits = takings.flatMap((taking) => (taking.kind === 'denied' ? [taking.inMs] : []));
    const eachSecond = Array.from({ length: 50 }, (_, index) => (index + 1) * 1_000);
    expect(waits.toSorted((a, b) => a - b)).toEqual(eachSecond);
  });

  it('tells every worker what the cloud told one of them', async () => {
    const [one, other] = [ofAWorker(), ofAWorker()];
    await other.take(charge('told'));
    await one.heard(charge('told'), { kind: 'throttled', left: 0, waitMs: 17_000 });
    expect(await other.take(charge('told'))).toEqual({ kind: 'denied', inMs: 17_000 });
  });

  it('of one subscription, region or policy is not another’s', async () => {
    const worker = ofAWorker();
    await worker.heard(charge('mine'), { kind: 'throttled', left: 0, waitMs: 60_000 });
    const others = [
      charge('another'),
      charge('mine', { region: 'northeurope' }),
      charge('mine', { policy: 'StartVMSubscription' }),
    ];
    for (const free of others) expect(await worker.take(free)).toEqual({ kind: 'granted' });
    expect((await worker.take(charge('MINE'))).kind).toBe('denied');
  });

  it('writes nothing down where the cloud says what we know', async () => {
    const worker = ofAWorker();
    await worker.take(charge('quiet'));
    await worker.heard(charge('quiet'), { kind: 'served', left: 99 });
    const rows = await dataSource.query<{ version: string }[]>(
      `SELECT version FROM call_buckets WHERE key = 'quiet/westeurope/deallocatevmsubscription'`,
    );
    expect(rows).toEqual([{ version: '1' }]);
  });

  it('may be forgotten at any time: it begins full, and the cloud’s word teaches it anew', async () => {
    const worker = ofAWorker();
    await worker.take(charge('forgotten'));
    await dataSource.query(`UPDATE call_buckets SET touched_at = now() - interval '25 hours'`);
    await new PostgresHousekeeping(dataSource).purge();
    expect(await worker.take(charge('forgotten'))).toEqual({ kind: 'granted' });
    expect(await ofAWorker().take(charge('forgotten'))).toEqual({ kind: 'granted' });
  });

  it('says so where the store does not answer, and goes on when it does', async () => {
    const broken = await new DataSource(
      dataSourceOptions({ url: database.appUrl, poolSize: 1, name: 'call-budget' }),
    ).initialize();
    const worker = new PostgresCallBudget(broken, clock);
    await worker.take(charge('broken'));
    await broken.destroy();
    await expect(worker.take(charge('broken'))).rejects.toThrow();
    await broken.initialize();
    expect(await worker.take(charge('broken'))).toEqual({ kind: 'granted' });
    await broken.destroy();
  });
});
