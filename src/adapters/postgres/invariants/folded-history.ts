import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { EntitySchema } from 'typeorm';
import { lifecycleNamed, type AnyLifecycle } from '../../../domain/lifecycles.js';
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

const tables: Readonly<Record<AggregateName, EntitySchema<object>>> = {
  request: requestTable,
  exemption: exemptionTable,
  restart: restartTable,
  gate: gateTable,
  violation: violationTable,
};

type Row = Readonly<Record<string, unknown>>;

/** Rows that are read, with their histories, at a time: a database of any size is verified within bounded memory. */
const rowsAtOnce = 500;

/** Every row is what its history folds to, by the same function that decided it, along the arrows of its lifecycle. */
export const foldedHistory: Invariant = {
  id: 'I3',
  sentence: 'folding the history of a row gives the row, along the arrows of its lifecycle only (I4)',
  findBroken: async (client) => {
    const broken: string[] = [];
    for (const name of Object.keys(tables) as AggregateName[]) {
      for await (const rows of rowsOf(client, new RowMapper<object>(tables[name]))) {
        const histories = await historiesOf(client, name, rows);
        for (const row of rows) {
          const problem = compare(name, row, histories.get(row.id) ?? []);
          if (problem !== null) broken.push(`${name} ${row.id}: ${problem}`);
        }
      }
    }
    return broken;
  },
};

type Stored = Row & { readonly id: string };

async function* rowsOf(client: pg.Client, mapper: RowMapper<object>): AsyncGenerator<readonly Stored[]> {
  for (let after: string | null = null; ;) {
    const sql = `SELECT * FROM ${mapper.table} WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT ${String(rowsAtOnce)}`;
    const page: pg.QueryResult<Row> = await client.query<Row>(sql, [after]);
    const rows = page.rows.map((row) => mapper.read(row) as Stored);
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return;
    after = last.id;
  }
}

async function historiesOf(client: pg.Client, name: AggregateName, rows: readonly Stored[]) {
  const { rows: lines } = await client.query<Row>(
    'SELECT * FROM history WHERE aggregate = $1 AND aggregate_id = ANY ($2::uuid[]) ORDER BY aggregate_id, version',
    [name, rows.map(({ id }) => id)],
  );
  return grouped(lines.map(historyEntryOf));
}

function grouped(entries: readonly StoredHistoryEntry[]): ReadonlyMap<string, readonly StoredHistoryEntry[]> {
  const histories = new Map<string, StoredHistoryEntry[]>();
  for (const entry of entries) {
    const known = histories.get(entry.aggregateId);
    if (known === undefined) histories.set(entry.aggregateId, [entry]);
    else known.push(entry);
  }
  return histories;
}

function compare(name: AggregateName, row: Row, history: readonly StoredHistoryEntry[]): string | null {
  const lifecycle = lifecycleNamed(name);
  const astray = history.find((entry) => !isArrow(lifecycle, entry));
  if (astray !== undefined)
    return `its lifecycle knows no ${astray.event.type} from ${astray.from ?? 'nothing'} to ${astray.to}`;
  try {
    const folded = lifecycle.fold(history) as unknown as Row | null;
    if (folded === null) return 'has no history';
    const differing = Object.keys(row).filter(
      (key) => !isDeepStrictEqual(plain(row[key]), plain(folded[key])),
    );
    return differing.length === 0 ? null : `differs from its history in ${differing.join(', ')}`;
  } catch (error) {
    return `its history cannot be folded (${error instanceof Error ? error.message : 'unknown'})`;
  }
}

function isArrow({ arrows }: AnyLifecycle, { from, event, to }: StoredHistoryEntry): boolean {
  return arrows.some((arrow) => arrow.from === from && arrow.event === event.type && arrow.to === to);
}

/** Instants may be spelt with or without milliseconds; as JSON both sides are compared by value. */
function plain(value: unknown): unknown {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return Date.parse(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}
