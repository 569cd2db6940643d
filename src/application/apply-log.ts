import { withEvidence } from '../domain/enforcement/evidence-fold.js';
import { gateMovesOf } from '../domain/enforcement/gate-moves.js';
import { evidenceOfLog } from '../domain/enforcement/logged.js';
import type { Evidence, Machine } from '../domain/enforcement/machine.js';
import { type Gate, isSettled } from '../domain/gate/gate.js';
import { compareInstants } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { MachineLook } from './look-at-machines.js';

/**
 * Adds what the activity log told in this look to the evidence of the machines that this look saw, and folds theirs
 * anew, in the present transaction. Gives all machines as they are known then.
 */
export async function applyLog(
  tx: Transaction,
  gate: Gate,
  look: MachineLook,
  machines: readonly Machine[],
  { clockMarginMs }: { readonly clockMarginMs: number },
): Promise<readonly Machine[]> {
  if (look.log?.kind !== 'read' || look.log.operations.length === 0) return machines;
  const { operations } = look.log;
  const seenVmIds = new Set(look.sightings.map(({ vmId }) => vmId));
  const seen = machines.filter(({ vmId, gone }) => !gone && seenVmIds.has(vmId));
  const moves = gateMovesOf(await tx.history.of('gate', gate.id));
  const named = operations.flatMap(({ correlationId, callerId }) => [
    correlationId,
    callerId ?? correlationId,
  ]);
  const ours = await tx.operations.oursAmong([...new Set(named)]);
  const told = evidenceOfLog(operations, seen, moves, { ours, clockMarginMs });
  if (told.length === 0) return machines;
  const vmIds = new Set(told.map(({ vmId }) => vmId));
  const kept = await tx.evidence.ofMachines(gate.id, [...vmIds]);
  const isKept = new Set(kept.map(nameOf));
  const added = told.filter((one) => !isKept.has(nameOf(one)));
  await tx.evidence.addAll(added);
  const byVmId = grouped([...kept, ...added]);
  await undoLateStops(tx, added, byVmId);
  const rules = { clockMarginMs, settledFence: isSettled(gate) ? gate.fence : null };
  const after = machines.map((machine) =>
    vmIds.has(machine.vmId) ? withEvidence(machine, byVmId.get(machine.vmId) ?? [], moves, rules) : machine,
  );
  await tx.machines.saveSeen(after.filter((machine, index) => machine !== machines[index]));
  return after;
}

/**
 * A stop of ours that ended after our start had succeeded is one that nobody expects: its worker was frozen right before
 * the call, and died right after it. Somebody looks at the machine, and undoes it (I18, fault F4), unless the log tells of
 * anything that was done to it afterwards: then what holds it down, if anything does, is not that stop.
 */
async function undoLateStops(
  tx: Transaction,
  told: readonly Evidence[],
  byVmId: ReadonlyMap<string, readonly Evidence[]>,
): Promise<void> {
  const stops = told.flatMap(({ vmId, fact, at, operation }) => {
    const isLast = !(byVmId.get(vmId) ?? []).some(
      (one) => one.kind === 'activity-log' && compareInstants(one.at, at) > 0,
    );
    return fact === 'host-released' && operation !== null && isLast ? [{ operation, at }] : [];
  });
  const late = await tx.operations.lateStopsAmong(stops);
  await tx.effects.add(late.map((stop) => ({ type: 'undo-late-stop', ...stop })));
}

function grouped(evidence: readonly Evidence[]): ReadonlyMap<string, readonly Evidence[]> {
  const byVmId = new Map<string, Evidence[]>();
  for (const piece of evidence) {
    const pieces = byVmId.get(piece.vmId);
    if (pieces === undefined) byVmId.set(piece.vmId, [piece]);
    else pieces.push(piece);
  }
  return byVmId;
}

/** What makes a piece of the log's evidence the same however often it is told. */
function nameOf({ vmId, fact, at, operation }: Evidence): string {
  return [vmId, fact, at, operation ?? ''].join(' ');
}
