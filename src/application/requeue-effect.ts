import { conflict, notFound } from '../domain/refusals.js';
import { type EffectView, presentEffect } from './views/effect-view.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import type { Call } from './call.js';

export interface RequeueEffectCommand {
  readonly effectId: string;
}

/** Gives dead work another life under a new epoch, its tries counted anew. */
@Injectable()
export class RequeueEffect {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, command: RequeueEffectCommand): Promise<EffectView> {
    return this.unitOfWork.run(call, async (tx) => {
      const effect = await tx.effects.find(command.effectId);
      if (effect === null) throw notFound();
      await tx.replayIfAnswered();
      if (!(await tx.effects.requeue(effect.id))) {
        throw conflict(
          'effect-not-dead',
          `This effect is ${effect.state}, or one of its kind is under way already.`,
          'Only what gave up can be tried again.',
        );
      }
      await tx.audit('effect.requeued', { type: 'effect', id: effect.id });
      return presentEffect((await tx.effects.find(effect.id)) ?? effect);
    });
  }
}
