import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import type { Effect } from '../domain/effects.js';
import { afterLook, beforeLook, type LateStop, startOf } from '../domain/enforcement/late-stop.js';
import { lastOfOthers } from '../domain/enforcement/logged.js';
import type { Machine } from '../domain/enforcement/machine.js';
import type { PowerOperation } from '../domain/enforcement/power-operation.js';
import { restartLifecycle } from '../domain/enforcement/restart.lifecycle.js';
import { addMilliseconds, compareInstants } from '../domain/instants.js';
import { Clock } from '../domain/ports/clock.js';
import { ComputeControlPlane } from '../domain/ports/compute-control-plane.js';
import type { EffectLease } from '../domain/ports/effect-store.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import { type Transaction, UnitOfWork } from '../domain/ports/unit-of-work.js';
import { applyEvent } from './apply-event.js';
import { foldSighting } from './record-step.js';

const actor = systemActor('undo-late-stop');

/** A machine that is on its way down needs some seconds; so does a restart that is under way. */
const againInMs = 5_000;

interface Loaded {
  readonly late: LateStop;
  readonly machine: Machine | null;
}

/**
 * A stop of ours was taken although its worker had lost its lease: once nothing else is under way with the machine, it
 * is looked at, and started again where that stop is what holds it down (I8, I18). Also when the exemption has ended:
 * nobody else would look at it any more.
 */
@Injectable()
export class UndoLateStop {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cloud: ComputeControlPlane,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  async run(effect: Extract<Effect, { readonly type: 'undo-late-stop' }>, lease: EffectLease): Promise<void> {
    const loaded = await this.load(effect);
    if (loaded === null) return this.settle(lease, 'nothing');
    const { late, machine } = loaded;
    const known = beforeLook(late, this.settings.clockMarginMs);
    if (known !== 'look') return this.settle(lease, known);
    const resourceId = machine?.resourceId ?? late.restart.resourceId;
    const purpose = { region: machine?.location ?? null, isUrgent: late.restart.direction === 'revoke' };
    const lookedAt = this.clock.now();
    const answer = await this.cloud.readMachine(resourceId, purpose);
    const { orderSeenMs } = this.settings;
    const next = afterLook(late, answer, { now: this.clock.now(), orderSeenMs });
    if (next !== 'start') return this.settle(lease, next);
    await this.unitOfWork.run({ actor, traceId: null, lease }, async (tx) => {
      // Nobody else may have looked at it since it ran, and what is known to run is not started.
      const seen = { powerState: 'deallocated', proof: 'look', at: lookedAt, lookedAt } as const;
      const { clockMarginMs } = this.settings;
      await foldSighting(tx, late.restart, { operation: null, seen, clockMarginMs });
      const context = { actor, now: this.clock.now() };
      await applyEvent(tx, restartLifecycle, null, this.ids.next(), startOf(late, resourceId), context);
      await tx.effects.settle({ kind: 'done' });
    });
  }

  private load({
    restartId,
    takenAt,
  }: Extract<Effect, { readonly type: 'undo-late-stop' }>): Promise<Loaded | null> {
    return this.unitOfWork.read({ actor }, async (tx) => {
      const restart = await tx.restarts.find(restartId);
      if (restart === null) return null;
      const { exemptionId, subscriptionId, vmId } = restart;
      const ofMachine = (await tx.restarts.ofExemption(exemptionId)).filter((one) => one.vmId === vmId);
      const starts = await Promise.all(ofMachine.map(({ id }) => tx.operations.last(id, 'start')));
      const late: LateStop = {
        restart,
        takenAt,
        ofMachine,
        ourStart: latestOf(starts),
        lastOfOthers: await lastThatOthersDid(tx, subscriptionId, vmId),
      };
      return { late, machine: await tx.machines.find(subscriptionId, vmId) };
    });
  }

  private async settle(lease: EffectLease, what: 'nothing' | 'wait'): Promise<void> {
    const dueAt = addMilliseconds(this.clock.now(), againInMs);
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) =>
      tx.effects.settle(what === 'wait' ? { kind: 'again', dueAt } : { kind: 'done' }),
    );
  }
}

function latestOf(operations: readonly (PowerOperation | null)[]): PowerOperation | null {
  const begun = operations.flatMap((one) => (one === null ? [] : [one]));
  return begun.toSorted((a, b) => compareInstants(a.intendedAt, b.intendedAt)).at(-1) ?? null;
}

async function lastThatOthersDid(tx: Transaction, subscriptionId: string, vmId: string) {
  const evidence = await tx.evidence.ofMachines(subscriptionId, [vmId]);
  const operations = evidence.flatMap(({ operation }) => (operation === null ? [] : [operation]));
  return lastOfOthers(evidence, await tx.operations.oursAmong(operations));
}
