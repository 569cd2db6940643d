import { evidenceRank, type Evidence, type Machine } from './machine.js';
import type { Gate } from '../gate/gate.js';
import { isExempt } from './physics.js';

/**
 * "Why do you say that it is exempt?" of one machine, in words; null where it is not. The strongest evidence of the host
 * that it took is named; the facts themselves stand beside it, ranked.
 */
export function whyExempt(machine: Machine, gate: Gate, evidence: readonly Evidence[]): string | null {
  if (!isExempt(machine, gate)) return null;
  if (gate.appliesTo === 'running')
    return `The gate is open and applies to running machines (fence ${String(gate.fence)}).`;
  const [strongest] = rankedEvidence(evidence).filter((one) => carriedBy(machine, one));
  const fence = String(machine.carriesFence ?? gate.fence);
  if (strongest === undefined) return `It took its host while the gate stood open (fence ${fence}).`;
  const what =
    strongest.fact === 'created-after'
      ? 'It was created after the gate had opened'
      : 'It lost its host and took one again while the gate stood open';
  return `${what} (fence ${fence}); the strongest evidence is of ${strongest.at}, ${strongest.source}.`;
}

const carrying: readonly Evidence['fact'][] = ['host-taken', 'host-released', 'created-after'];

function carriedBy({ carriesFence }: Machine, { kind, fact, fence }: Evidence): boolean {
  return kind !== 'event-grid' && kind !== 'owner-said' && carrying.includes(fact) && fence === carriesFence;
}

/** The strongest kinds first, and within a kind by time. */
export function rankedEvidence(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.toSorted(
    (a, b) =>
      compare(evidenceRank[a.kind], evidenceRank[b.kind]) || compare(a.at, b.at) || compare(a.fact, b.fact),
  );
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
