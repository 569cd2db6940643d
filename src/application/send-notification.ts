import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Notifier } from '../domain/ports/notifier.js';
import type { Effect } from '../domain/effects.js';
import type { EffectLease } from '../domain/ports/effect-store.js';

@Injectable()
export class SendNotification {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly notifier: Notifier,
  ) {}

  async run(
    effect: Extract<Effect, { readonly type: 'send-notification' }>,
    lease: EffectLease,
  ): Promise<void> {
    throw new Error('not built yet');
  }
}
