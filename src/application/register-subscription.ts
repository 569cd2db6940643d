import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import type { SubscriptionFacts } from '../domain/subscription/subscription.js';
import type { SubscriptionView } from './views/subscription-view.js';
import type { Call } from './call.js';

export type RegisterSubscriptionCommand = SubscriptionFacts;

export interface RegisteredSubscription {
  /** False where it was registered before. */
  readonly created: boolean;
  readonly subscription: SubscriptionView;
}

@Injectable()
export class RegisterSubscription {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: RegisterSubscriptionCommand): Promise<RegisteredSubscription> {
    throw new Error('not built yet');
  }
}
