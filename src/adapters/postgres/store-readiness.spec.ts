import type { DataSource } from 'typeorm';
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

describe('readiness', () => {
  it('is asked of the store once in a second, however many want to know', async () => {
    const { asked, dataSource } = database(() => Promise.resolve([{ isReadOnly: false }]));
    const readiness = new StoreReadiness(dataSource);
    const answers = await Promise.all(Array.from({ length: 500 }, () => readiness.isReady()));
    expect(new Set(answers)).toEqual(new Set([true]));
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['can only be read', () => Promise.resolve([{ isReadOnly: true }])],
    ['does not answer', () => Promise.reject(new Error('away'))],
    ['says nothing', () => Promise.resolve([])],
  ])('is not given while the store %s', async (_what, answer) => {
    expect(await new StoreReadiness(database(answer).dataSource).isReady()).toBe(false);
  });

  it('ends at once with a drain, also for who asked before it began', async () => {
    let answer: (rows: unknown) => void = () => undefined;
    const { dataSource } = database(() => new Promise((resolve) => (answer = resolve)));
    const readiness = new StoreReadiness(dataSource);
    const before = readiness.isReady();
    readiness.drain();
    answer([{ isReadOnly: false }]);
    expect(await before).toBe(false);
    expect(await readiness.isReady()).toBe(false);
  });
});
