import { Injectable } from '@nestjs/common';
import type { Effect } from '../domain/effects.js';
import { intentOf, type PowerOperation } from '../domain/enforcement/power-operation.js';
import { afterOrder, askAfter, isOpen, kindOf, nextStep } from '../domain/enforcement/next-step.js';
import { afterLeftBehind } from '../domain/enforcement/left-behind.js';
import type { Machine } from '../domain/enforcement/machine.js';
import type { RestartEvent } from '../domain/enforcement/restart-events.js';
import type { FoundAs, Restart } from '../domain/enforcement/restart.js';
import type { Step, StepResult } from '../domain/enforcement/step.js';
import { Clock } from '../domain/ports/clock.js';
import { ComputeControlPlane } from '../domain/ports/compute-control-plane.js';
import { type EffectLease, LeaseLost } from '../domain/ports/effect-store.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { systemActor } from '../domain/access/actor.js';
import { askAfterOperation, type Inquiry, placeOf, purposeOf } from './ask-after-operation.js';
import { isStoppedSince } from './is-stopped-since.js';
import { recordFound, recordStep } from './record-step.js';
import { stopRules, type StopRules } from './stop-rules.js';
import { tellLateStop } from './tell-late-stop.js';

const actor = systemActor('restart-vm');

interface Loaded {
  readonly restart: Restart;
  readonly operation: PowerOperation | null;
  readonly machine: Machine | null;
  /** Its owner stopped it since we did: it is not ours to start any more. */
  readonly isOwners: boolean;
  readonly stop: StopRules;
}

/**
 * One step of one machine's cycle: look at what is recorded, do one thing, record it, come back. Killed at any
 * boundary it goes on where the record says (fault F2): with a saved operation URL it polls, without one it looks at
 * the machine before it calls again, so that no machine is told twice (invariant I8).
 */
@Injectable()
export class RestartVm {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cloud: ComputeControlPlane,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  async run(effect: Extract<Effect, { readonly type: 'restart-vm' }>, lease: EffectLease): Promise<void> {
    const loaded = await this.load(effect.restartId);
    if (loaded === null) return this.settleDone(lease);
    const { isOvertaken, ...stop } = loaded.stop;
    const deadlineMs = this.settings.operationDeadlineMs;
    const rules = { now: this.clock.now(), deadlineMs, ...stop };
    const step = nextStep(loaded.restart, loaded.operation, loaded.machine, rules);
    if (step.do === 'nothing') return this.settleDone(lease);
    if (step.do === 'say-running') return this.sayRunning(loaded, lease);
    if (step.do === 'leave-to-owner' || (step.do === 'send' && loaded.isOwners))
      return this.giveUp(loaded, { type: 'ownerStopped' }, lease);
    if (step.do === 'hold-back') return this.giveUp(loaded, { type: 'heldBack', isOvertaken }, lease);
    if (step.do === 'send') return this.send(loaded, step, lease);
    const result = await this.ask(loaded, step);
    if (result.resend === true) return this.send(loaded, sentAgain(result.operation), lease);
    await this.record(loaded, result, lease);
  }

  private load(restartId: string): Promise<Loaded | null> {
    return this.unitOfWork.read({ actor }, async (tx) => {
      const restart = await tx.restarts.find(restartId);
      const kind = restart === null ? null : kindOf(restart);
      if (restart === null || kind === null) return null;
      const [operation, machine] = await Promise.all([
        tx.operations.last(restart.id, kind),
        tx.machines.find(restart.subscriptionId, restart.vmId),
      ]);
      const mayStart = kind === 'start' && machine !== null && (operation === null || !isOpen(operation));
      const isOwners = mayStart && (await isStoppedSince(tx, restart, machine, this.settings.clockMarginMs));
      const stop = await stopRules(tx, restart, operation, this.clock.now());
      return { restart, operation, machine, isOwners, stop };
    });
  }

  private ask(loaded: Loaded, step: Inquiry): Promise<StepResult> {
    const { unitOfWork, cloud, clock, settings } = this;
    return askAfterOperation({ unitOfWork, cloud, clock, settings }, loaded, step);
  }

  /** Intent first, in a commit of its own; then, with the lease still held, the one call that cannot be taken back. */
  private async send(
    loaded: Loaded,
    step: Extract<Step, { readonly do: 'send' }>,
    lease: EffectLease,
  ): Promise<void> {
    const operation =
      step.again === null
        ? intentOf(loaded.restart, loaded.operation, {
            kind: step.kind,
            id: this.ids.next(),
            now: this.clock.now(),
          })
        : { ...step.again, errorCode: null, intendedAt: this.clock.now() };
    if (step.again === null && !(await this.begin(operation, step.found, lease)))
      return this.firstTheOther(loaded, lease);
    if (step.again !== null) await this.beginAgain(operation, step.found, lease);
    if (!lease.isHeld()) throw new LeaseLost();
    const resourceId = placeOf(loaded);
    const purpose = { ...purposeOf(loaded), callerId: operation.id, mayBeSent: () => lease.isHeld() };
    const answer =
      step.kind === 'deallocate'
        ? await this.cloud.deallocate(resourceId, purpose)
        : await this.cloud.start(resourceId, purpose);
    const takenAt = this.clock.now();
    try {
      await this.record(loaded, afterOrder(operation, answer, takenAt), lease);
    } catch (error) {
      await tellLateStop(this.unitOfWork, operation, answer, { error, takenAt });
      throw error;
    }
  }

  /** False where the machine has another operation of ours in flight. */
  private begin(operation: PowerOperation, found: FoundAs | null, lease: EffectLease): Promise<boolean> {
    return this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      const begun = await tx.operations.begin(operation);
      if (begun && found !== null) await recordFound(tx, operation.restartId, found, this.clock.now());
      return begun;
    });
  }

  /** This one comes back when that one has ended; where nobody asks after it any more, this step does (I13). */
  private async firstTheOther(loaded: Loaded, lease: EffectLease): Promise<void> {
    const { restart } = loaded;
    const other = await this.unitOfWork.read({ actor }, (tx) => tx.operations.leftBehind(restart));
    const rules = { now: this.clock.now(), deadlineMs: this.settings.operationDeadlineMs };
    const left =
      other === null
        ? { operation: null, againInMs: 15_000 }
        : afterLeftBehind(await this.ask(loaded, askAfter(other, rules)), rules.now);
    const { clockMarginMs } = this.settings;
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) =>
      recordStep(tx, restart, { ...left, event: null, seen: null, now: this.clock.now(), clockMarginMs }),
    );
  }

  /**
   * It is no longer known not to have been taken: whoever comes after a crash looks first, and gives the cloud the time to
   * show it, counted from now (fault F2, invariant I8).
   */
  private async beginAgain(
    operation: PowerOperation,
    found: FoundAs | null,
    lease: EffectLease,
  ): Promise<void> {
    await this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      await tx.operations.save(operation);
      if (found !== null) await recordFound(tx, operation.restartId, found, this.clock.now());
    });
  }

  private async sayRunning({ restart, operation }: Loaded, lease: EffectLease): Promise<void> {
    const withoutOurStart = operation === null || operation.state !== 'sent';
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) =>
      recordStep(tx, restart, {
        now: this.clock.now(),
        operation:
          operation !== null && isOpen(operation)
            ? { ...operation, state: 'succeeded', endedAt: this.clock.now() }
            : null,
        event: { type: 'running', withoutOurStart },
        seen: null,
        againInMs: null,
        clockMarginMs: this.settings.clockMarginMs,
      }),
    );
  }

  /**
   * An order that was not taken is given up: a stop that is not ours is the owner's will, and the machine rests (I18); or the
   * plan was interrupted, and the machine is left as it is.
   */
  private async giveUp(
    { restart, operation }: Loaded,
    event: Extract<RestartEvent, { readonly type: 'ownerStopped' | 'heldBack' }>,
    lease: EffectLease,
  ): Promise<void> {
    const now = this.clock.now();
    const isWaiting = operation !== null && isOpen(operation);
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) =>
      recordStep(tx, restart, {
        operation: isWaiting ? { ...operation, state: 'abandoned', endedAt: now } : null,
        event,
        seen: null,
        againInMs: null,
        now,
        clockMarginMs: this.settings.clockMarginMs,
      }),
    );
  }

  private async record({ restart }: Loaded, result: StepResult, lease: EffectLease): Promise<void> {
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) =>
      recordStep(tx, restart, {
        ...result,
        now: this.clock.now(),
        clockMarginMs: this.settings.clockMarginMs,
      }),
    );
  }

  private async settleDone(lease: EffectLease): Promise<void> {
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle({ kind: 'done' }));
  }
}

const sentAgain = (operation: PowerOperation) =>
  ({ do: 'send', kind: operation.kind, again: operation, found: null }) as const;
