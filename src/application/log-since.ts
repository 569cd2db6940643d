import { unfinishedRestartStates } from '../domain/enforcement/restart.js';
import { addMilliseconds, compareInstants, type Instant, millisecondsBetween } from '../domain/instants.js';
import type { Held } from './held.js';

/** The log tells things 3 to 20 minutes late: each reading goes back twice that, and the clocks' margin, behind the one before. */
const overlapMs = 2_700_000; // 45 minutes
/** The log keeps 90 days, and refuses a question that goes further back. */
const keptForMs = 89 * 86_400_000;

/**
 * Since when the activity log is read in a look, null where nothing would be learnt: at most once in `everyMs`, while
 * a machine is being proven, and in the quiet watch, where an owner's cycle may have changed what a machine carries.
 */
export function logSince(held: Held, now: Instant, everyMs: number): Instant | null {
  const { gate, note, machines, restarts, exemption } = held;
  const since = note?.logReadAt ?? null;
  if (gate?.movedAt === undefined || gate.movedAt === null) return null;
  if (gate.appliesTo === 'running') return null;
  if (since !== null && millisecondsBetween(since, now) < everyMs) return null;
  const isWatched = exemption.state === 'effective' || exemption.state === 'suspended';
  const isMissed = machines.some(({ gone, notFoundSince }) => !gone && notFoundSince !== null);
  if (!isWatched && !isMissed && !restarts.some(({ state }) => unfinishedRestartStates.includes(state)))
    return null;
  const from = addMilliseconds(since ?? gate.movedAt, -overlapMs);
  const earliest = addMilliseconds(now, -keptForMs);
  return compareInstants(from, earliest) < 0 ? earliest : from;
}
