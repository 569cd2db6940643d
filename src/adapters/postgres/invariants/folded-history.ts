import { isDeepStrictEqual } from 'node:util';
import type { EntitySchema } from 'typeorm';
import { lifecycleNamed } from '../../../domain/lifecycles.js';
import type { AggregateName } from '../../../domain/lifecycle-table.js';
import type { StoredHistoryEntry } from '../../../domain/ports/told-entry.js';
import {
  exemptionTable,
  gateTable,
  requestTable,
  restartTable,
  violationTable,
} from '../aggregate.tables.js';
import { historyEntryOf } from '../record.stores.js';
import { RowMapper } from '../row-mapper.js';
import type { Invariant } from './invariant.js';

const tables: Readonly<Record<AggregateName, EntitySchema>> = {
  request: requestTable as EntitySchema,
  exemption: exemptionTable as EntitySchema,
  restart: restartTable as EntitySchema,
  gate: gateTable as EntitySchema,
  violation: violationTable as EntitySchema,
};

type Row = Readonly<Record<string, unknown>>;

/** Every row is what its history folds to, by the same function that decided it. */
export const foldedHistory: Invariant = {
  id: 'I3',
  sentence: 'folding the history of a row gives the row',
  findBroken: async (client) => {
    const { rows } = await client.query<Row>(
      'SELECT * FROM history ORDER BY aggregate, aggregate_id, version',
    );
    const histories = grouped(rows.map(historyEntryOf));
    const broken: string[] = [];
    for (const name of Object.keys(tables) as AggregateName[]) {
      const mapper = new RowMapper(tables[name]);
      const stored = await client.query<Row>(`SELECT * FROM ${mapper.table}`);
      for (const row of stored.rows) {
        const value = mapper.read(row) as Row & { readonly id: string };
        const history = histories.get(`${name} ${value.id}`) ?? [];
        const problem = compare(name, value, history);
        if (problem !== null) broken.push(`${name} ${value.id}: ${problem}`);
      }
    }
    return broken;
  },
};

function grouped(entries: readonly StoredHistoryEntry[]): ReadonlyMap<string, readonly StoredHistoryEntry[]> {
  const histories = new Map<string, StoredHistoryEntry[]>();
  for (const entry of entries) {
    const key = `${entry.aggregate} ${entry.aggregateId}`;
    const known = histories.get(key);
    if (known === undefined) histories.set(key, [entry]);
    else known.push(entry);
  }
  return histories;
}

function compare(name: AggregateName, row: Row, history: readonly StoredHistoryEntry[]): string | null {
  try {
    const folded = lifecycleNamed(name).fold(history) as unknown as Row | null;
    if (folded === null) return 'has no history';
    const differing = Object.keys(row).filter(
      (key) => !isDeepStrictEqual(plain(row[key]), plain(folded[key])),
    );
    return differing.length === 0 ? null : `differs from its history in ${differing.join(', ')}`;
  } catch (error) {
    return `its history cannot be folded (${error instanceof Error ? error.message : 'unknown'})`;
  }
}

/** Instants may be spelt with or without milliseconds; as JSON both sides are compared by value. */
function plain(value: unknown): unknown {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return Date.parse(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}
