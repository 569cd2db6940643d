import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { CheckWorld } from '../domain/ports/check-world.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import type { Effect } from '../domain/effects.js';
import type { EffectLease } from '../domain/ports/effect-store.js';

@Injectable()
export class RunFraudCheck {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly world: CheckWorld,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async run(
    effect: Extract<Effect, { readonly type: 'run-fraud-check' }>,
    lease: EffectLease,
  ): Promise<void> {
    throw new Error('not built yet');
  }
}
