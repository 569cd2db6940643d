import { foldedHistory } from './folded-history.js';
import { privacy } from './privacy.js';
import { queries } from './queries.js';
import type { Invariant } from './invariant.js';

/** THE list of invariants that a database can answer (docs/invariants.md). */
export const invariants: readonly Invariant[] = [...queries, ...privacy, foldedHistory];
