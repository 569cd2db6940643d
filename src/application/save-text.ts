import type { Ids } from '../domain/ports/ids.js';
import type { ErasableText } from '../domain/ports/record-stores.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

/** Keeps what somebody wrote apart from history, and gives the id under which history refers to it. */
export async function saveText(tx: Transaction, ids: Ids, text: Omit<ErasableText, 'id'>): Promise<string> {
  const id = ids.next();
  await tx.texts.save([{ id, ...text }]);
  return id;
}
