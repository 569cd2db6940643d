import { Injectable } from '@nestjs/common';
import { systemActor } from '../domain/access/actor.js';
import { Clock } from '../domain/ports/clock.js';
import { type EffectLease, LeaseLost } from '../domain/ports/effect-store.js';
import { Engineers } from '../domain/ports/engineers.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { type CallWanted, composeCall } from './compose-call.js';

/** Calls a support engineer for machines that need one: an incident is told to somebody, and does not only stand in a list. */
@Injectable()
export class CallEngineer {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly engineers: Engineers,
    private readonly clock: Clock,
  ) {}

  async run(effect: CallWanted, lease: EffectLease): Promise<void> {
    const call = await this.unitOfWork.read({ actor }, (tx) =>
      composeCall(tx, effect, lease.effectId, this.clock.now()),
    );
    if (call !== null) {
      // A call cannot be taken back: it is made by whoever still holds the right to.
      if (!lease.isHeld()) throw new LeaseLost();
      await this.engineers.call(call);
    }
    await this.unitOfWork.run({ actor, traceId: null, lease }, (tx) => tx.effects.settle({ kind: 'done' }));
  }
}

const actor = systemActor('call-engineer');
