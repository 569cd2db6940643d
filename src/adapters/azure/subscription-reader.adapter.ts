import { Injectable } from '@nestjs/common';
import { ComputeControlPlane, wasNotTaken } from '../../domain/ports/compute-control-plane.js';
import { SubscriptionReader, type CloudSubscription } from '../../domain/ports/subscription-reader.js';

/** What the cloud says of a subscription, in the words that the checks take. */
@Injectable()
export class CloudSubscriptionReader extends SubscriptionReader {
  constructor(private readonly cloud: ComputeControlPlane) {
    super();
  }

  override async read(subscriptionId: string): Promise<CloudSubscription> {
    const answer = await this.cloud.readSubscription(subscriptionId);
    switch (answer.kind) {
      case 'found':
        return { kind: 'found', state: answer.state, tenantId: answer.tenantId };
      case 'not-found':
        return { kind: 'absent' };
      case 'refused':
        return { kind: 'failure', why: 'forbidden' };
      case 'unavailable':
        if (wasNotTaken(answer.code)) return { kind: 'failure', why: 'throttled' };
        return { kind: 'failure', why: answer.code === 'timeout' ? 'timeout' : 'other' };
    }
  }
}
