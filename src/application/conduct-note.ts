import { gateProblem } from '../domain/enforcement/conduct.js';
import type { Blocker } from '../domain/enforcement/restart.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import { type Gate, isSettled } from '../domain/gate/gate.js';
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

/**
 * What a look leaves as it was noted. A gate that has not answered says nothing of machines, nor whether they were listed
 * after it; and after the end of a right it may serve another exemption.
 */
export function keptFrom(note: ConductNote, exemption: Exemption, gate: Gate): Partial<ConductNote> {
  const { firstListedAt, lastListedAt, problem, stillOpen, stillOpenSeenAt } = note;
  // That of a listing which failed is over with a look that did not.
  const standing = problem?.code === 'listing-failed' ? {} : { problem };
  if (!isSettled(gate)) return { firstListedAt, lastListedAt, stillOpen, stillOpenSeenAt, ...standing };
  return exemption.endedAt === null ? {} : { stillOpen, stillOpenSeenAt };
}

/** What keeps a gate from its move until a human sees to it. */
const gateNeedsHuman: readonly string[] = ['gate-given-up', 'cloud-tenant-differs', 'gate-fence-absurd'];

/** What needs a human besides machines, as long as the right lasts. */
export function otherNeedOf(exemption: Exemption, gate: Gate | null, note: ConductNote): Blocker | null {
  if (exemption.endedAt !== null) return null;
  if (gate?.state === 'disputed') return gateProblem({ gate, exemption });
  // Its call stands until it has answered: no look at machines takes it back.
  const isOfGate = note.problem !== null && gateNeedsHuman.includes(note.problem.code);
  return gate !== null && !isSettled(gate) && isOfGate ? note.problem : humanTaskOf(note);
}

/** A question about the right itself, which no look at machines answers: it stays until the right ends or is ordered on. */
export function humanTaskOf(note: ConductNote): Blocker | null {
  const asked = [note.humanNeededFor, note.problem];
  return asked.find((one) => one?.code === 'offer-ambiguous') ?? null;
}
