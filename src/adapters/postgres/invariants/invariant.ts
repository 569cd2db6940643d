import type pg from 'pg';

/** One invariant: what is broken, as sentences that name the row; empty when it holds. */
export interface Invariant {
  readonly id: string;
  readonly sentence: string;
  readonly findBroken: (client: pg.Client) => Promise<readonly string[]>;
}

/** An invariant that one query answers: every row that it gives is broken. */
export function byQuery(id: string, sentence: string, sql: string): Invariant {
  return {
    id,
    sentence,
    findBroken: async (client) => {
      const { rows } = await client.query<{ broken: string }>(`${sql} LIMIT 100`);
      return rows.map(({ broken }) => broken);
    },
  };
}
