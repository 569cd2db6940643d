import type { AggregateName } from '../../domain/lifecycle-table.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';
import type { HistoryLine } from './review-view.js';

/** The whole history of an aggregate with the words that its events refer to; erased words are absent. */
export async function historyLines(
  tx: Transaction,
  aggregate: AggregateName,
  id: string,
): Promise<readonly HistoryLine[]> {
  const entries = await tx.history.of(aggregate, id);
  const texts = await tx.texts.find(
    entries.flatMap(({ event }) => referencesOf(event).map(([, ref]) => ref)),
  );
  return entries.map((entry) => ({
    sequence: entry.sequence,
    aggregate: entry.aggregate,
    version: entry.version,
    from: entry.from,
    to: entry.to,
    event: { ...entry.event },
    at: entry.at,
    by: entry.by,
    texts: wordsOf(entry.event, texts),
  }));
}

/** Fields named `…TextId` or `textId` refer to erasable texts. */
function referencesOf(event: object): readonly (readonly [string, string])[] {
  return Object.entries(event).flatMap(([field, value]: [string, unknown]) =>
    /textId$/i.test(field) && typeof value === 'string' ? [[field, value] as const] : [],
  );
}

function wordsOf(event: object, texts: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const words = referencesOf(event).flatMap(([field, id]) => {
    const text = texts.get(id);
    return text === undefined ? [] : [[field.replace(/_?textId$/i, '') || 'text', text] as const];
  });
  return Object.fromEntries(words);
}
