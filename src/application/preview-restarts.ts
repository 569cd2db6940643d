import { Injectable } from '@nestjs/common';
import { type Previewed, previewRestarts } from '../domain/enforcement/preview.js';
import type { RestartPlan } from '../domain/enforcement/restart-plan.js';
import { Clock } from '../domain/ports/clock.js';
import { RestartScenes } from '../domain/ports/restart-scenes.js';
import type { SubscriptionFacts } from '../domain/subscription/subscription.js';

/** All questions to the cloud together: whoever waits for an answer waits no longer for its preview. */
const patienceMs = 3_000;

/**
 * Looks at what a plan would do to a subscription's machines, now. Never fails: what the cloud did not say in time is
 * told as unknown, or as why there is no preview. The caller's scope was checked before.
 */
@Injectable()
export class PreviewRestarts {
  constructor(
    private readonly scenes: RestartScenes,
    private readonly clock: Clock,
  ) {}

  async run(
    { subscriptionId, tenantId }: Pick<SubscriptionFacts, 'subscriptionId' | 'tenantId'>,
    plan: RestartPlan,
  ): Promise<Previewed> {
    const at = this.clock.now();
    const scene = await this.scenes.look(subscriptionId, patienceMs);
    return previewRestarts(scene, plan, { tenantId, at });
  }
}
