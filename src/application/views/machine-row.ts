import { evidenceRank, type Evidence, type Machine } from '../../domain/enforcement/machine.js';
import { isHeldAbsent } from '../../domain/enforcement/held-absent.js';
import { isExempt } from '../../domain/enforcement/physics.js';
import { troubleWords } from '../../domain/enforcement/trouble-words.js';
import { withLogProblem } from '../../domain/enforcement/log-problem.js';
import { type Blocker, isInFlight, owesStart, type Restart } from '../../domain/enforcement/restart.js';
import { rankedEvidence, whyExempt } from '../../domain/enforcement/why-exempt.js';
import { whyNotYet } from '../../domain/enforcement/why-not-yet.js';
import type { Exemption } from '../../domain/exemption/exemption.js';
import type { Gate } from '../../domain/gate/gate.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';
import type { Instant } from '../../domain/instants.js';
import type { Actor } from '../../domain/access/actor.js';
import type { MachineRow } from './exemption-view.js';
import { type Elsewhere, whereForReader } from './where-for-reader.js';

/** What is known of one machine, beside its restart. */
export interface MachineFacts {
  readonly machine: Machine | null;
  readonly gate: Gate | null;
  readonly evidence: readonly Evidence[];
  /** Why the activity log tells nothing of it; null where it does. */
  readonly logProblem: Blocker | null;
  /** That it is in another subscription, as its reader may know it. */
  readonly elsewhere: Elsewhere | null;
}

/** Pieces of evidence of a kind that a row shows: 25 in all, whatever was done with the machine. */
const mostOfAKind = 5;

/** What rows show of what is known of machines: the latest of each kind. */
export function shownEvidence(
  tx: Transaction,
  subscriptionId: string,
  vmIds: readonly string[],
): Promise<readonly Evidence[]> {
  return tx.evidence.latestOf(subscriptionId, vmIds, mostOfAKind);
}

/** One row of the tracker. Pure. */
export function presentMachine(restart: Restart, exemption: Exemption, facts: MachineFacts): MachineRow {
  const { machine, gate, evidence, logProblem, elsewhere } = facts;
  const { restartPlan: plan } = exemption;
  const isHidden = elsewhere !== null && elsewhere.subscriptionId === null;
  const why = withLogProblem(whyNotYet(restart, machine, gate, plan), restart, plan, logProblem);
  return {
    vmId: restart.vmId,
    name: restart.name,
    resourceId: isHidden ? restart.resourceId : (machine?.resourceId ?? restart.resourceId),
    elsewhere,
    direction: restart.direction,
    state: shownState(restart, machine),
    powerState: machine?.powerState ?? 'unknown',
    exempt: machine !== null && gate !== null && isExempt(machine, gate),
    because: machine === null || gate === null ? null : whyExempt(machine, gate, evidence),
    blocker: elsewhere === null || why === null ? why : withPlace(why, restart.direction, elsewhere),
    evidence: rankedEvidence(evidence).map(({ kind, fact, at, source }) => ({
      kind,
      rank: evidenceRank[kind],
      fact,
      at,
      source,
    })),
  };
}

/** A restart that ended has its last word; a machine that went away later is gone, or absent, all the same. */
function shownState({ state, direction, stoppedByUs }: Restart, machine: Machine | null): Restart['state'] {
  if (machine === null) return state;
  if (machine.gone) return 'gone';
  const isThrough = state === 'restarted' || state === 'created-after' || state === 'resting';
  return isThrough && !stoppedByUs && isHeldAbsent(machine, direction) ? 'absent' : state;
}

/**
 * Of a machine in another subscription the row says so. The cloud's own words name places there, which not everybody may
 * read.
 */
function withPlace(
  { code, message }: Blocker,
  direction: Restart['direction'],
  { subscriptionId }: Elsewhere,
): Blocker {
  if (subscriptionId !== null)
    return { code, message: `${message} It is in subscription ${subscriptionId} now.` };
  const isOfCloud = code === 'resource-locked' || code === 'missing-right';
  const { cause, next } = troubleWords(code, direction);
  const what = isOfCloud ? `It cannot be closed: ${cause}. ${next}` : message;
  return { code, message: `${what} It is in another subscription now, which belongs to another tenant.` };
}

/** The row of one machine, read in the present transaction by somebody. */
export async function viewMachine(
  tx: Transaction,
  restart: Restart,
  exemption: Exemption,
  reader: { readonly actor: Actor; readonly now: Instant },
): Promise<MachineRow> {
  const { subscriptionId, vmId } = restart;
  const machine = await tx.machines.find(subscriptionId, vmId);
  const machines = machine === null ? [] : [machine];
  const where = await whereForReader(tx, reader.actor, exemption, { machines, now: reader.now });
  return presentMachine(restart, exemption, {
    machine,
    elsewhere: where(machine),
    gate: await tx.gates.find(subscriptionId),
    evidence: await shownEvidence(tx, subscriptionId, [vmId]),
    logProblem: (await tx.conduct.find(exemption.id))?.logProblem ?? null,
  });
}

/**
 * One restart a machine: that of the latest order, except that a machine which is still being cycled under an
 * earlier one, or was stopped by us under it and could not be started yet, is shown with that (I18). Sorted by name, then
 * by id.
 */
export function latestRestarts(restarts: readonly Restart[]): readonly Restart[] {
  const byMachine = new Map<string, Restart>();
  for (const restart of restarts) {
    const shown = byMachine.get(restart.vmId);
    if (shown === undefined || isLater(restart, shown)) byMachine.set(restart.vmId, restart);
  }
  return [...byMachine.values()].toSorted((a, b) => compare(a.name, b.name) || compare(a.vmId, b.vmId));
}

function isLater(one: Restart, other: Restart): boolean {
  const further = weightOf(one) - weightOf(other);
  return further > 0 || (further === 0 && one.round > other.round);
}

function weightOf(restart: Restart): number {
  return isInFlight(restart) || owesStart([restart]) ? Number.MAX_SAFE_INTEGER : restart.fence;
}

/** By code units, as the keyset of the list compares them. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
