import type { Blocker } from '../domain/enforcement/restart.js';
import type { Gate } from '../domain/gate/gate.js';
import type { Instant } from '../domain/instants.js';
import type { ConductNote } from '../domain/ports/record-stores.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

/** An empty note for the present fence: nothing listed yet, nothing wrong yet. How far the log was read stays known. */
export function freshNote(
  { exemptionId, tenantId, fence }: Pick<ConductNote, 'exemptionId' | 'tenantId' | 'fence'>,
  before: ConductNote | null,
  now: Instant,
): ConductNote {
  return {
    exemptionId,
    tenantId,
    fence,
    firstListedAt: null,
    lastListedAt: null,
    lastLookedAt: now,
    logReadAt: before?.logReadAt ?? null,
    logProblem: before?.logProblem ?? null,
    problem: null,
    stillOpen: null,
    stillOpenSeenAt: null,
    humanNeededSince: null,
    humanNeededFor: null,
    told: before?.told ?? { troubles: [], reminders: null },
    quietLooks: 0,
    nextLookAt: null,
  };
}

/** Writes down why an exemption does not go on, for its page; and since when a human is needed, where one is. */
export async function noteProblem(
  tx: Transaction,
  gate: Pick<Gate, 'exemptionId' | 'tenantId' | 'fence'>,
  problem: Blocker,
  now: Instant,
  needsHuman: boolean,
): Promise<void> {
  const found = await tx.conduct.find(gate.exemptionId);
  const isPresent = found !== null && found.fence === gate.fence;
  const note = isPresent ? found : freshNote(gate, found, now);
  await tx.conduct.save({
    ...note,
    problem,
    lastLookedAt: now,
    humanNeededSince: needsHuman ? (note.humanNeededSince ?? now) : note.humanNeededSince,
    humanNeededFor: needsHuman ? problem : note.humanNeededFor,
  });
}
