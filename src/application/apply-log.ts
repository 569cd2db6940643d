import { withEvidence } from '../domain/enforcement/evidence-fold.js';
import { gateMovesOf } from '../domain/enforcement/gate-moves.js';
import { creationsInLog, evidenceOfLog } from '../domain/enforcement/logged.js';
import type { Evidence, Machine } from '../domain/enforcement/machine.js';
import { type Gate, isSettled } from '../domain/gate/gate.js';
import { compareInstants } from '../domain/instants.js';
import type { LoggedStop } from '../domain/ports/record-stores.js';
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
  const told = [
    ...evidenceOfLog(operations, seen, moves, { ours, clockMarginMs }),
    ...creationsInLog(operations, seen, look.moves, moves, { clockMarginMs }),
  ];
  if (told.length === 0) return machines;
  const vmIds = new Set(told.map(({ vmId }) => vmId));
  const kept = await tx.evidence.ofMachines(gate.id, [...vmIds]);
  const isKept = new Set(kept.map(nameOf));
  const added = told.filter((one) => !isKept.has(nameOf(one)));
  await tx.evidence.addAll(added);
  const byVmId = grouped([...kept, ...added]);
  await undoLateStops(tx, lastStops(new Set(added.map(({ vmId }) => vmId)), byVmId), clockMarginMs);
  const rules = { clockMarginMs, settledFence: isSettled(gate) ? gate.fence : null };
  const after = machines.map((machine) =>
    vmIds.has(machine.vmId) ? withEvidence(machine, byVmId.get(machine.vmId) ?? [], moves, rules) : machine,
  );
  await tx.machines.saveSeen(after.filter((machine, index) => machine !== machines[index]));
  return after;
}

/**
 * A stop of ours that ended after our start had succeeded is one that nobody expects: its worker was frozen right before
 * the call, and died right after it. Somebody looks at the machine, and undoes it (I18, fault F4).
 */
async function undoLateStops(
  tx: Transaction,
  stops: readonly LoggedStop[],
  clockMarginMs: number,
): Promise<void> {
  const late = await tx.operations.lateStopsAmong(stops, clockMarginMs);
  await tx.effects.add(late.map((stop) => ({ type: 'undo-late-stop', ...stop })));
}

/**
 * Stops that are the last that the log tells of their machines: where anything was done afterwards, what holds a machine
 * down, if anything does, is not that stop. With whatever is told of a machine, what was told before is judged anew: its
 * start may be told after its stop (fault F12).
 */
function lastStops(
  vmIds: ReadonlySet<string>,
  byVmId: ReadonlyMap<string, readonly Evidence[]>,
): readonly LoggedStop[] {
  return [...vmIds].flatMap((vmId) => {
    const logged = (byVmId.get(vmId) ?? []).filter(({ kind }) => kind === 'activity-log');
    const last = logged
      .map(({ at }) => at)
      .toSorted(compareInstants)
      .at(-1);
    return logged.flatMap(({ fact, at, operation }) =>
      fact === 'host-released' && operation !== null && at === last ? [{ operation, at }] : [],
    );
  });
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
