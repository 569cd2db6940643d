import type { Ids } from '../domain/ports/ids.js';
import type { Erasure } from '../domain/ports/people-stores.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { Call } from './call.js';
import { saveText } from './save-text.js';

/** Keeps with the audit who ordered an erasure, what it came to, and, by commitment, why. Not whose it was. */
export async function recordErasure(
  tx: Transaction,
  ids: Ids,
  { actor }: Call,
  {
    action,
    erasure,
    reason,
  }: { readonly action: string; readonly erasure: Erasure; readonly reason: string },
): Promise<void> {
  const id = ids.next();
  const words = { tenantId: actor.tenantId, about: 'erasure', aboutId: id, text: reason } as const;
  const reasonTextId = await saveText(tx, ids, words);
  await tx.audit(action, { type: 'erasure', id }, { ...erasure, reasonTextId });
}
