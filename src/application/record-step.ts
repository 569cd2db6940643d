import { systemActor } from '../domain/access/actor.js';
import type { Evidence, Machine } from '../domain/enforcement/machine.js';
import type { Seen, StepResult } from '../domain/enforcement/step.js';
import { type Sighting, observe } from '../domain/enforcement/physics.js';
import type { PowerOperation } from '../domain/enforcement/power-operation.js';
import { restartLifecycle } from '../domain/enforcement/restart.lifecycle.js';
import type { FoundAs, Restart } from '../domain/enforcement/restart.js';
import { type Instant, addMilliseconds } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { applyIfTimely } from './apply-event.js';
import { followAddress } from './follow-addresses.js';

const actor = systemActor('restart-vm');

/** What one step of a cycle leaves behind. */
export interface StepRecord extends Omit<StepResult, 'operation'> {
  readonly operation: PowerOperation | null;
  readonly now: Instant;
  readonly clockMarginMs: number;
}

/**
 * Writes one step in the present transaction: the operation, what it shows of the machine, what happened to the
 * restart, and when the effect comes back. A restart that moved on meanwhile keeps its state.
 */
export async function recordStep(tx: Transaction, restart: Restart, step: StepRecord): Promise<void> {
  if (step.operation !== null) await tx.operations.save(step.operation);
  // Machine before restart, as a look takes them: two transactions that hold one each would wait in a circle.
  if (step.seen !== null) await foldSighting(tx, restart, step);
  const current = await tx.restarts.lock(restart.id);
  if (current === null) return tx.effects.settle({ kind: 'done' });
  if (step.event !== null) {
    const next = await applyIfTimely(tx, restartLifecycle, current, step.event, { actor, now: step.now });
    if (next !== null) await followAddress(tx, next, step.now);
  }
  if (step.againInMs === null) return tx.effects.settle({ kind: 'done' });
  await tx.effects.settle({ kind: 'again', dueAt: addMilliseconds(step.now, step.againInMs) });
}

/** Writes what a machine turned out to be when it was about to be stopped, beside the intent to stop it. */
export async function recordFound(
  tx: Transaction,
  restartId: string,
  found: FoundAs,
  now: Instant,
): Promise<void> {
  const current = await tx.restarts.lock(restartId);
  if (current === null) return;
  await applyIfTimely(tx, restartLifecycle, current, { type: 'foundOtherwise', found }, { actor, now });
}

/** Folds what a step saw into what is known of its machine, in the present transaction. */
export async function foldSighting(
  tx: Transaction,
  restart: Restart,
  step: Pick<StepRecord, 'operation' | 'seen' | 'since' | 'clockMarginMs'>,
): Promise<void> {
  const [machine, gate] = await Promise.all([
    tx.machines.find(restart.subscriptionId, restart.vmId),
    tx.gates.find(restart.subscriptionId),
  ]);
  if (machine === null || gate === null || step.seen === null) return;
  const rules = { clockMarginMs: step.clockMarginMs, firstListedAt: null };
  let known = machine;
  const evidence: Evidence[] = [];
  for (const seen of step.since === undefined ? [step.seen] : [step.seen, step.since]) {
    const observed = observe(known, sightingOf(known, restart, step, seen), gate, rules);
    known = observed.machine;
    evidence.push(...observed.evidence);
  }
  await tx.machines.saveAll([known]);
  await tx.evidence.addAll(evidence);
}

function sightingOf(
  machine: Machine,
  { fence }: Restart,
  step: Pick<StepRecord, 'operation'>,
  seen: Seen,
): Sighting {
  const isOwn = seen.proof === 'operation';
  return {
    ...machine,
    powerState: seen.powerState,
    seenAt: seen.lookedAt,
    kind: isOwn ? 'own-operation' : 'sampled',
    at: seen.at,
    source: isOwn
      ? `own ${step.operation?.kind ?? 'power'} operation, succeeded on the cloud's clock`
      : 'direct look at the machine after an answer that was lost, or came late',
    orderedUnder: fence,
  };
}
