import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import type { Effect } from '../domain/effects.js';
import { engineerCall } from '../domain/enforcement/engineer-call.js';
import { troublesOf } from '../domain/enforcement/troubles.js';
import { Clock } from '../domain/ports/clock.js';
import { type EffectLease, LeaseLost } from '../domain/ports/effect-store.js';
import { type EngineerCall, Engineers } from '../domain/ports/engineers.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';

type Called = Extract<Effect, { readonly type: 'call-engineer' }>;

/** Calls a support engineer for machines that need one: an incident is told to somebody, and does not only stand in a list. */
@Injectable()
export class CallEngineer {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly engineers: Engineers,
    private readonly clock: Clock,
  ) {}

  async run(effect: Called, lease: EffectLease): Promise<void> {
    const call = await this.callFor(effect, lease.effectId);
    if (call !== null) {
      // A call cannot be taken back: it is made by whoever still holds the right to.
      if (!lease.isHeld()) throw new LeaseLost();
      await this.engineers.call(call);
    }
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle({ kind: 'done' }));
  }

  private callFor(effect: Called, key: string): Promise<EngineerCall | null> {
    return this.unitOfWork.read({ actor }, async (tx) => {
      const scope = { kind: 'platform' } as const;
      const exemption = await tx.exemptions.find(scope, effect.exemptionId, this.clock.now());
      if (exemption === null) return null;
      const { subscriptionId } = exemption;
      const [restarts, machines] = await Promise.all([
        tx.restarts.ofExemption(exemption.id),
        tx.machines.ofSubscription(subscriptionId),
      ]);
      const byId = new Map(machines.map((machine) => [machine.vmId, machine]));
      return engineerCall(effect, { subscriptionId, troubles: troublesOf(restarts, byId) }, key);
    });
  }
}

const actor = systemActor('call-engineer');
