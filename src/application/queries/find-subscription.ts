import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { Clock } from '../../domain/ports/clock.js';
import { Settings } from '../../domain/ports/settings.js';
import type { SubscriptionView } from '../views/subscription-view.js';
import type { Call } from '../call.js';

@Injectable()
export class FindSubscription {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, subscriptionId: string): Promise<SubscriptionView> {
    throw new Error('not built yet');
  }
}
