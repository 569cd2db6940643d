import { z } from 'zod';
import { at, orNull } from './common.js';

/** What one check found; whose it is (a round's, an address's) is said beside it. */
export const findingParts = {
  check: z.string(),
  outcome: z.string(),
  value: orNull(z.union([z.string(), z.number()])),
  evidence: z.array(z.object({ what: z.string(), detail: z.string() })),
  source: z.string(),
  at,
  reasonCode: orNull(z.string()),
};
