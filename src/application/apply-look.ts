import { systemActor } from '../domain/access/actor.js';
import { afterAbsence } from '../domain/enforcement/absence.js';
import { type Conduct, conduct, isProven } from '../domain/enforcement/conduct.js';
import type { Machine } from '../domain/enforcement/machine.js';
import { neverSeen } from '../domain/enforcement/never-seen.js';
import { observe } from '../domain/enforcement/physics.js';
import { isAway } from '../domain/enforcement/place.js';
import { restartLifecycle } from '../domain/enforcement/restart.lifecycle.js';
import type { Direction, Restart } from '../domain/enforcement/restart.js';
import { presentRestarts, type Situation } from '../domain/enforcement/situation.js';
import { directionOf, type Exemption } from '../domain/exemption/exemption.js';
import type { Gate } from '../domain/gate/gate.js';
import { type Instant, millisecondsBetween } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { applyLog } from './apply-log.js';
import { applyEvent, applyIfTimely } from './apply-event.js';
import type { MachineLook } from './look-at-machines.js';

const actor = systemActor('conduct-restarts');

/** What the verb brings to the transaction besides the look itself. */
export interface LookContext {
  readonly now: Instant;
  readonly nextId: () => string;
  readonly clockMarginMs: number;
  readonly goneConfirmMs: number;
  readonly logLateMs: number;
  readonly operatorMaxUnavailable: number | string;
  readonly subscriptionEnabled: boolean | null;
  readonly toldTroubles: Situation['toldTroubles'];
  readonly firstListedAt: Instant | null;
  /** The restarts as they were when the look began. */
  readonly heldRestarts: readonly Restart[];
}

export interface AppliedLook {
  readonly conduct: Conduct;
  /** True when every machine is proven for the present direction and fence. */
  readonly isProven: boolean;
  /** True when something moved: the next look is worth taking at once. */
  readonly moved: boolean;
  /** True when a machine is not as it was in the look before. */
  readonly stirred: boolean;
  readonly restarts: readonly Restart[];
  readonly machines: readonly Machine[];
}

/** Folds a look into machines and evidence, and applies what follows for every restart, in the present transaction. */
export async function applyLook(
  tx: Transaction,
  exemption: Exemption,
  gate: Gate,
  whole: MachineLook,
  context: LookContext,
): Promise<AppliedLook> {
  const [before, planned] = await Promise.all([
    tx.machines.ofSubscription(exemption.subscriptionId),
    tx.restarts.ofExemption(exemption.id),
  ]);
  const look = withoutStepped(whole, context.heldRestarts, planned);
  const direction = directionOf(exemption);
  const present = presentRestarts({ exemption, restarts: planned });
  const seen = await foldMachines(tx, { before, present, direction, gate }, look, context);
  const known = [
    ...seen.machines,
    ...(await keepNeverSeen(tx, { exemption, gate }, look, seen.machines, context)),
  ];
  const machines = await applyLog(tx, gate, look, known, context);
  const situation: Situation = {
    exemption,
    gate,
    machines: machines.filter((machine) => !machine.gone).toSorted((a, b) => a.name.localeCompare(b.name)),
    restarts: planned,
    goneVmIds: new Set(machines.filter(({ gone }) => gone).map(({ vmId }) => vmId)),
    absent: seen.absent,
    displaced: displacedOf(before, machines),
    ...asSeen(look, context),
  };
  const afterGone = await applyGone(tx, situation, machines, context);
  const decided = conduct(afterGone);
  const restarts = await applyConduct(tx, afterGone, decided, context);
  const moved = decided.planned.length > 0 || decided.events.length > 0;
  const stirred = hasStirred(before, machines);
  const proven = isProven({ ...afterGone, restarts });
  return { conduct: decided, isProven: proven, moved, stirred, restarts, machines };
}

function displacedOf(before: readonly Machine[], after: readonly Machine[]): ReadonlySet<string> {
  const places = new Map(before.map(({ vmId, resourceId }) => [vmId, resourceId.toLowerCase()]));
  const isDisplaced = ({ vmId, resourceId }: Machine) =>
    places.has(vmId) && places.get(vmId) !== resourceId.toLowerCase();
  return new Set(after.filter(isDisplaced).map(({ vmId }) => vmId));
}

/** What a situation has of the look itself, and of the rules that it is judged by. */
function asSeen(look: MachineLook, context: LookContext) {
  return {
    listedInFull: look.inFull,
    seenVmIds: new Set(look.sightings.map((sighting) => sighting.vmId)),
    logWasAsked: look.log !== null,
    logLateMs: context.logLateMs,
    clockMarginMs: context.clockMarginMs,
    subscriptionEnabled: context.subscriptionEnabled,
    toldTroubles: context.toldTroubles,
    operatorMaxUnavailable: context.operatorMaxUnavailable,
    now: context.now,
  };
}

/**
 * What a look saw of a machine whose restart went a step further meanwhile is older than that step, or was seen in the middle
 * of it: clocks of two workers do not tell which. The next look sees it.
 */
function withoutStepped(
  look: MachineLook,
  held: readonly Restart[],
  present: readonly Restart[],
): MachineLook {
  const versions = new Map(held.map(({ id, version }) => [id, version]));
  const stepped = new Set(
    present.filter(({ id, version }) => versions.get(id) !== version).map(({ vmId }) => vmId),
  );
  if (stepped.size === 0) return look;
  const isUntouched = ({ vmId }: { readonly vmId: string }) => !stepped.has(vmId);
  return {
    ...look,
    sightings: look.sightings.filter(isUntouched),
    absences: look.absences.filter(isUntouched),
  };
}

/** What was known before a look. */
interface Known {
  readonly before: readonly Machine[];
  readonly present: readonly Restart[];
  readonly direction: Direction | null;
  readonly gate: Gate;
}

async function foldMachines(
  tx: Transaction,
  { before, present, direction, gate }: Known,
  look: MachineLook,
  context: LookContext,
): Promise<Pick<Situation, 'machines' | 'absent'>> {
  const known = new Map(before.map((machine) => [machine.vmId, machine]));
  const setsHere = new Set(
    before.flatMap((one) => (one.gone || isAway(one) || one.scaleSet === null ? [] : [one.scaleSet])),
  );
  const rules = { clockMarginMs: context.clockMarginMs, firstListedAt: context.firstListedAt, setsHere };
  const observed = look.sightings
    .filter((sighting) => isNewer(sighting.seenAt, known.get(sighting.vmId)?.seenAt ?? null))
    .map((sighting) => observe(known.get(sighting.vmId) ?? null, sighting, gate, rules));
  // Of those that are not gone only an engineer's retry says so; one that came back is planned anew in the look that sees it.
  const said = new Set(present.filter(({ state }) => state === 'gone').map(({ vmId }) => vmId));
  const absent = look.absences.flatMap((absence) => {
    const machine = known.get(absence.vmId);
    if (machine === undefined) return [];
    const saidGone = said.has(absence.vmId);
    return [afterAbsence(machine, absence, { ...context, direction, gate, saidGone })];
  });
  const changed = [...observed, ...absent].map(({ machine }) => machine);
  await tx.machines.saveSeen(changed);
  await tx.evidence.addAll(observed.flatMap(({ evidence }) => evidence));
  for (const machine of changed) known.set(machine.vmId, machine);
  const waiting = absent.filter(({ machine }) => machine.absentSince !== null && !machine.gone);
  return {
    machines: [...known.values()],
    absent: new Map(waiting.map(({ machine, blocker }) => [machine.vmId, blocker])),
  };
}

/** Machines that the log tells of, and that no look saw: from the next look on they are missed, and looked for. */
async function keepNeverSeen(
  tx: Transaction,
  { exemption: { subscriptionId, tenantId }, gate }: Pick<Situation, 'exemption' | 'gate'>,
  { log }: MachineLook,
  known: readonly Machine[],
  { now, nextId, clockMarginMs }: LookContext,
): Promise<readonly Machine[]> {
  if (log?.kind !== 'read') return [];
  const rules = { subscriptionId, tenantId, now, nextId, gate, clockMarginMs };
  const machines = neverSeen(log.operations, known, rules);
  await tx.machines.saveSeen(machines);
  return machines;
}

function hasStirred(before: readonly Machine[], after: readonly Machine[]): boolean {
  const known = new Map(before.map((machine) => [machine.vmId, machine]));
  return after.some((machine) => {
    const was = known.get(machine.vmId);
    return (
      was?.powerState !== machine.powerState ||
      was.carries !== machine.carries ||
      was.gone !== machine.gone ||
      was.notFoundSince !== machine.notFoundSince ||
      was.absentSince !== machine.absentSince ||
      was.resourceId !== machine.resourceId
    );
  });
}

/** A look that was sent before a later one was recorded says nothing new (reordered answers, fault F12). */
function isNewer(seenAt: Instant, knownAt: Instant | null): boolean {
  return knownAt === null || millisecondsBetween(knownAt, seenAt) >= 0;
}

async function applyGone(
  tx: Transaction,
  situation: Situation,
  machines: readonly Machine[],
  context: LookContext,
): Promise<Situation> {
  const gone = new Map(machines.filter((machine) => machine.gone).map(({ vmId, goneBy }) => [vmId, goneBy]));
  const restarts: Restart[] = [];
  for (const restart of situation.restarts) {
    if (!gone.has(restart.vmId)) {
      restarts.push(restart);
      continue;
    }
    // An earlier version said so, by two answers.
    const how = gone.get(restart.vmId) ?? 'not-found-twice';
    const next = await applyIfTimely(
      tx,
      restartLifecycle,
      restart,
      { type: 'goneSeen', how },
      { actor, now: context.now },
    );
    restarts.push(next ?? restart);
  }
  return { ...situation, restarts };
}

async function applyConduct(
  tx: Transaction,
  situation: Situation,
  decided: Conduct,
  { now, nextId }: LookContext,
): Promise<readonly Restart[]> {
  const byId = new Map(situation.restarts.map((restart) => [restart.id, restart]));
  for (const planned of decided.planned) {
    const id = nextId();
    const restart = await applyEvent(tx, restartLifecycle, null, id, planned, { actor, now });
    const begun = decided.begunAtOnce.has(planned)
      ? await applyIfTimely(tx, restartLifecycle, restart, { type: 'deallocationBegun' }, { actor, now })
      : null;
    byId.set(id, begun ?? restart);
  }
  for (const { restart, event } of decided.events) {
    const next = await applyIfTimely(tx, restartLifecycle, restart, event, { actor, now });
    if (next === null) continue;
    byId.set(next.id, next);
    if (event.type === 'stillRunning') await tx.operations.setAside(next.id);
  }
  return [...byId.values()];
}
