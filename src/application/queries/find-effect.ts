import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { notFound } from '../../domain/refusals.js';
import type { Call } from '../call.js';
import { presentEffect, type EffectView } from '../views/effect-view.js';

/** One piece of queued work for operators, or the one 404. */
@Injectable()
export class FindEffect {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, effectId: string): Promise<EffectView> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const effect = await tx.effects.find(effectId);
      if (effect === null) throw notFound();
      return presentEffect(effect);
    });
  }
}
