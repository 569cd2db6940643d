import type { DataSource } from 'typeorm';
import type { ClockWatch } from '../../domain/ports/clock-watch.js';
import { StoreReadiness } from './store-readiness.js';

/** A database that counts how often it is asked, and answers as it is told. */
function database(answer: () => Promise<unknown>) {
  const asked: string[] = [];
  const query = (sql: string) => {
    asked.push(sql);
    return answer();
  };
  return { asked, dataSource: { query } as unknown as DataSource };
}

/** A clock that is right, or is not. */
function clocks(isAstray = false): ClockWatch {
  const reading = { aheadMs: isAstray ? 1e9 : 0, isAstray };
  return { look: () => Promise.resolve(reading), last: () => reading };
}

describe('readiness', () => {
  it('is not given while the clock of the process is not that of the store (F29)', async () => {
    const { dataSource } = database(() => Promise.resolve([{ isReadOnly: false }]));
    expect(await new StoreReadiness(dataSource, clocks(true)).isReady()).toBe(false);
  });

  it('is asked of the store once in a second, however many want to know', async () => {
    const { asked, dataSource } = database(() => Promise.resolve([{ isReadOnly: false }]));
    const readiness = new StoreReadiness(dataSource, clocks());
    const answers = await Promise.all(Array.from({ length: 500 }, () => readiness.isReady()));
    expect(new Set(answers)).toEqual(new Set([true]));
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['can only be read', () => Promise.resolve([{ isReadOnly: true }])],
    ['does not answer', () => Promise.reject(new Error('away'))],
    ['says nothing', () => Promise.resolve([])],
  ])('is not given while the store %s', async (_what, answer) => {
    expect(await new StoreReadiness(database(answer).dataSource, clocks()).isReady()).toBe(false);
  });

  it('ends at once with a drain, also for who asked before it began', async () => {
    let answer: (rows: unknown) => void = () => undefined;
    const { dataSource } = database(() => new Promise((resolve) => (answer = resolve)));
    const readiness = new StoreReadiness(dataSource, clocks());
    const before = readiness.isReady();
    readiness.drain();
    answer([{ isReadOnly: false }]);
    expect(await before).toBe(false);
    expect(await readiness.isReady()).toBe(false);
  });
});
