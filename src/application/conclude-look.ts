import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import {
  type Blocker,
  type Restart,
  owesStart,
  unfinishedRestartStates,
} from '../domain/enforcement/restart.js';
import { type Pace, paceOf } from '../domain/enforcement/look-cadence.js';
import { humanNeed } from '../domain/enforcement/human-need.js';
import { logProblemAfter } from '../domain/enforcement/log-problem.js';
import { exemptionLifecycle } from '../domain/exemption/exemption.lifecycle.js';
import { type Exemption, directionOf } from '../domain/exemption/exemption.js';
import { type Gate, isSettled } from '../domain/gate/gate.js';
import { type Instant, addMilliseconds, isBefore, millisecondsBetween } from '../domain/instants.js';
import { Clock } from '../domain/ports/clock.js';
import type { EffectLease } from '../domain/ports/effect-store.js';
import type { GateReadAnswer } from '../domain/ports/gate-control.js';
import { Ids } from '../domain/ports/ids.js';
import type { ConductNote } from '../domain/ports/record-stores.js';
import { Settings } from '../domain/ports/settings.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { applyIfTimely } from './apply-event.js';
import { type AppliedLook, applyLook } from './apply-look.js';
import { freshNote, humanTaskOf, keptFrom, otherNeedOf } from './conduct-note.js';
import type { Held } from './held.js';
import { logSince } from './log-since.js';
import type { LookAnswer, MachineLook } from './look-at-machines.js';
import { planNextLook, type PlannedLook } from './next-look.js';
import { followAddresses } from './follow-addresses.js';
import { tellOwner } from './tell-owner.js';

const actor = systemActor('conduct-restarts');
/** Half an interval at most, and never longer: whoever brings word of a machine does not wait for the next look. */
const longestSharedMs = 10_000;

/** Records what one look came to, in one commit: evidence, restarts, the exemption, its note, and the next look. */
@Injectable()
export class ConcludeLook {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  /** Whether this fence was looked at just now: looks are shared, not taken a machine each. */
  lookedJustNow({ exemption, gate, note }: Pick<Held, 'exemption' | 'gate' | 'note'>): boolean {
    if (note === null || note.fence !== exemption.fence) return false;
    // Before the gate has answered a look lists nothing for the record.
    if (note.lastListedAt === null && gate !== null && isSettled(gate)) return false;
    return millisecondsBetween(note.lastLookedAt, this.clock.now()) < this.sharedForMs();
  }

  private sharedForMs(): number {
    return Math.min(longestSharedMs, this.settings.observeEveryMs / 2);
  }

  /** Since when this look reads the activity log; null where it does not. */
  logSince(held: Held): Instant | null {
    return logSince(held, this.clock.now(), this.settings.activityLogEveryMs);
  }

  /** Nothing can be seen yet that was not seen: the gate has not answered, or the last look is fresh. */
  later(held: Pick<Held, 'exemption'>, lease: EffectLease): Promise<void> {
    return this.write(lease, async (tx, now) => {
      const exemption = await tx.exemptions.find({ kind: 'platform' }, held.exemption.id, now);
      const gate = await tx.gates.find(held.exemption.subscriptionId);
      const note = noteFor(held.exemption, await tx.conduct.find(held.exemption.id), now);
      const rules = { now, deadlineMs: this.settings.operationDeadlineMs };
      const need = exemption === null ? null : humanNeed(exemption, gate, [], rules);
      if (need !== null && note.humanNeededSince === null)
        await tx.conduct.save({ ...note, humanNeededSince: now, humanNeededFor: need });
      await tx.effects.settle({
        kind: 'again',
        dueAt: addMilliseconds(now, this.sharedForMs()),
      });
    });
  }

  /** A look that was not complete concludes nothing, and says why (fault F24). */
  failed(
    held: Held,
    look: Extract<LookAnswer, { readonly kind: 'failed' }>,
    lease: EffectLease,
  ): Promise<void> {
    return this.write(lease, async (tx, now) => {
      const note = noteFor(held.exemption, await tx.conduct.find(held.exemption.id), now);
      const { exemption } = held;
      const told = await this.tell(tx, held, note, otherNeedOf(exemption, held.gate, note), now);
      const outcome = { pace: paceOfFailed(exemption), stirred: false };
      const planned = await planNextLook(tx, this.settings, { exemption, note, now }, outcome);
      const allowedAt = addMilliseconds(now, (look.retryAfterSeconds ?? 0) * 1_000);
      const nextLookAt = isBefore(planned.nextLookAt, allowedAt) ? allowedAt : planned.nextLookAt;
      await tx.conduct.save({ ...told, ...planned, nextLookAt, problem: look.problem, lastLookedAt: now });
      await tx.effects.settle({ kind: 'again', dueAt: nextLookAt });
    });
  }

  complete(held: Held, look: MachineLook, reading: GateReadAnswer | null, lease: EffectLease): Promise<void> {
    return this.write(lease, async (tx, now) => {
      const exemption = await tx.exemptions.lock({ kind: 'platform' }, held.exemption.id, now);
      const gate = await tx.gates.find(held.exemption.subscriptionId);
      if (exemption === null || gate === null) return tx.effects.settle({ kind: 'done' });
      const note = noteFor(exemption, await tx.conduct.find(exemption.id), now);
      // The gate was ordered on while we looked, or has only answered since: what was seen was seen before that.
      const isCurrent = gate.version === held.gate?.version && exemption.version === held.exemption.version;
      if (!isCurrent) return tx.effects.settle({ kind: 'again', dueAt: now });
      const context = { ...this.contextOf(note, look, now), heldRestarts: held.restarts };
      const applied = await applyLook(tx, exemption, gate, look, context);
      const disagreement = applied.isProven ? gateDisagrees(gate, reading) : null;
      const after =
        applied.isProven && disagreement === null ? await this.end(tx, exemption, now) : exemption;
      const noted = this.noteAfter(note, after, look, applied, disagreement, now);
      const seen = { ...noted, ...keptFrom(note, exemption, gate) };
      const matters = { exemption: after, gate, ...applied };
      const otherNeed = disagreement ?? otherNeedOf(after, gate, note);
      const planned = await this.nextLook(tx, { exemption: after, note, now }, applied, look);
      const told = await this.tell(tx, matters, seen, otherNeed, now);
      await tx.conduct.save({ ...told, ...planned });
      const isOver = after.endedAt !== null && !owesStart(applied.restarts);
      await followAddresses(tx, held.restarts, after, applied.restarts);
      await tx.effects.settle(isOver ? { kind: 'done' } : { kind: 'again', dueAt: planned.nextLookAt });
    });
  }

  private contextOf(note: ConductNote, { subscription }: MachineLook, now: Instant) {
    const { clockMarginMs, goneConfirmMs, logLateMs, operatorMaxUnavailable } = this.settings;
    const enabled =
      subscription?.kind === 'found' ? !['Disabled', 'Deleted'].includes(subscription.state) : null;
    return {
      now,
      nextId: () => this.ids.next(),
      clockMarginMs,
      goneConfirmMs,
      logLateMs,
      operatorMaxUnavailable,
      subscriptionEnabled: enabled,
      toldTroubles: note.told.troubles,
      firstListedAt: note.firstListedAt,
    };
  }

  private async end(tx: Transaction, exemption: Exemption, now: Instant): Promise<Exemption> {
    if (exemption.state === 'enabling') {
      const event = { type: 'enabled', fence: exemption.fence } as const;
      return (await applyIfTimely(tx, exemptionLifecycle, exemption, event, { actor, now })) ?? exemption;
    }
    if (exemption.state !== 'revoking' && exemption.state !== 'expiring') return exemption;
    const event = { type: 'closed', fence: exemption.fence } as const;
    return (await applyIfTimely(tx, exemptionLifecycle, exemption, event, { actor, now })) ?? exemption;
  }

  private noteAfter(
    note: ConductNote,
    exemption: Exemption,
    look: MachineLook,
    applied: AppliedLook,
    disagreement: Blocker | null,
    now: Instant,
  ): ConductNote {
    const task = exemption.endedAt === null ? humanTaskOf(note) : null;
    return {
      ...note,
      firstListedAt: note.firstListedAt ?? (look.inFull ? look.sentAt : null),
      lastListedAt: look.inFull ? look.sentAt : note.lastListedAt,
      lastLookedAt: now,
      logReadAt: look.log?.kind === 'read' && look.log.isWhole ? look.sentAt : note.logReadAt,
      logProblem: logProblemAfter(look.log, note.logProblem),
      problem: exemption.endedAt === null ? (disagreement ?? applied.conduct.holding ?? task) : null,
      stillOpen: applied.conduct.stillOpen,
      stillOpenSeenAt: look.sentAt,
    };
  }

  private tell(
    tx: Transaction,
    { exemption, gate, restarts, machines }: Pick<Held, 'exemption' | 'gate' | 'restarts' | 'machines'>,
    note: ConductNote,
    otherNeed: Blocker | null,
    now: Instant,
  ): Promise<ConductNote> {
    return tellOwner(tx, { exemption, gate, restarts, machines, now, otherNeed }, note, this.settings);
  }

  private nextLook(
    tx: Transaction,
    about: { readonly exemption: Exemption; readonly note: ConductNote; readonly now: Instant },
    { moved, stirred, restarts }: AppliedLook,
    look: MachineLook,
  ): Promise<PlannedLook> | PlannedLook {
    // All proven by the sample alone: once more, with a full listing, before it is concluded.
    const isAtOnce = moved && !look.inFull && !restarts.some(isUnproven);
    if (isAtOnce) return { quietLooks: 0, nextLookAt: about.now };
    const pace = paceOf(about.exemption, restarts, moved);
    return planNextLook(tx, this.settings, about, { pace, stirred: stirred || moved });
  }

  private write(lease: EffectLease, work: (tx: Transaction, now: Instant) => Promise<void>): Promise<void> {
    return this.unitOfWork.run({ actor, traceId: null, lease }, (tx) => work(tx, this.clock.now()));
  }
}

function isUnproven(restart: Restart): boolean {
  return unfinishedRestartStates.includes(restart.state);
}

/** A look that failed says nothing: an end is tried again soon, everything else less and less often. */
function paceOfFailed(exemption: Exemption): Pace {
  if (directionOf(exemption) === 'revoke') return 'ours';
  const isQuiet = exemption.state === 'effective' || exemption.state === 'suspended';
  return isQuiet ? 'watch' : 'others';
}

function noteFor(exemption: Exemption, note: ConductNote | null, now: Instant): ConductNote {
  const isPresent = note !== null && note.fence === exemption.fence;
  const { id: exemptionId, tenantId, fence } = exemption;
  return isPresent ? note : freshNote({ exemptionId, tenantId, fence }, note, now);
}

/** Before anything is concluded the platform's own switch must say the same as our record (invariants I6 and I7). */
function gateDisagrees(gate: Gate, reading: GateReadAnswer | null): Blocker | null {
  if (reading?.kind === 'read' && reading.position === gate.position && reading.fence === gate.fence)
    return null;
  return {
    code: 'gate-disagrees',
    message:
      'The platform’s gate does not stand where it was confirmed to us. Nothing is concluded until it does; an Operator should look at it.',
  };
}
