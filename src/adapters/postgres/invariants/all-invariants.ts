import type { VerifierKey } from '../../audit/verifier-key.js';
import { signedCheckpoints } from './audit-checkpoints.js';
import { everyEntrySaysItsLine, everyLineHasAnEntry } from './audit-lines.js';
import { recordedRetirements } from './audit-retirements.js';
import { oneTree } from './audit-tree.js';
import { decisions } from './decisions.js';
import { foldedHistory } from './folded-history.js';
import { privacy } from './privacy.js';
import { queries } from './queries.js';
import { receiptsTellNothingInternal } from './receipts.js';
import { times } from './times.js';
import type { Invariant } from './invariant.js';

/** THE list of invariants that a database can answer (docs/invariants.md). */
export const invariants: readonly Invariant[] = [
  ...queries,
  ...decisions,
  ...privacy,
  ...times,
  foldedHistory,
  everyLineHasAnEntry,
  everyEntrySaysItsLine,
  oneTree,
  recordedRetirements,
  receiptsTellNothingInternal,
];

/** All of them, and those that need to know with which keys the deployment signs. */
export function invariantsWith(keys: readonly VerifierKey[]): readonly Invariant[] {
  return [...invariants, signedCheckpoints(keys)];
}
