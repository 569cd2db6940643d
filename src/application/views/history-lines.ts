import type { AggregateName } from '../../domain/lifecycle-table.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';
import type { StoredHistoryEntry } from '../../domain/ports/told-entry.js';
import type { HistoryLine, MachineLine } from './review-view.js';

/** The whole history of an aggregate with the words that its events refer to; erased words are absent. */
export async function historyLines(
  tx: Transaction,
  aggregate: AggregateName,
  id: string,
): Promise<readonly HistoryLine[]> {
  return inWords(tx, await tx.history.of(aggregate, id), (line) => line);
}

/** At most so many lines are shown of an exemption's machines: there may be ten thousand of them. */
const machineLinesAtMost = 200;

/** The same of what went wrong with an exemption's machines and what was ordered for them: the latest lines. */
export async function machineLines(tx: Transaction, exemptionId: string): Promise<readonly MachineLine[]> {
  const entries = await tx.history.troublesOfMachines(exemptionId, machineLinesAtMost);
  return inWords(tx, entries, (line, { vmId, name }) => ({ ...line, vmId, name }));
}

async function inWords<E extends StoredHistoryEntry, L>(
  tx: Transaction,
  entries: readonly E[],
  present: (line: HistoryLine, entry: E) => L,
): Promise<readonly L[]> {
  const texts = await tx.texts.find(
    entries.flatMap(({ event }) => referencesOf(event).map(([, ref]) => ref)),
  );
  return entries.map((entry) => present(lineOf(entry, texts), entry));
}

function lineOf(entry: StoredHistoryEntry, texts: ReadonlyMap<string, string>): HistoryLine {
  return {
    sequence: entry.sequence,
    aggregate: entry.aggregate,
    version: entry.version,
    from: entry.from,
    to: entry.to,
    event: { ...entry.event },
    at: entry.at,
    by: entry.by,
    texts: wordsOf(entry.event, texts),
  };
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
