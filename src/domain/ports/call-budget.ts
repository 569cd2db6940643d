import type { BucketSize, CloudWord, Taking } from '../enforcement/call-bucket.js';

/** What a call to the cloud is counted by: the cloud counts by subscription, region and policy. */
export interface CallCharge {
  readonly subscriptionId: string;
  readonly region: string;
  /** The name of the cloud's own counter. */
  readonly policy: string;
  readonly size: BucketSize;
  /** Ending a right goes before granting one. */
  readonly isUrgent: boolean;
  /** It takes no token that somebody else waits for, and tries no bucket that is under suspicion. */
  readonly givesWay?: boolean;
}

/**
 * The cloud's budget, one bucket a subscription, region and policy, shared by all workers. Nobody waits in it: who finds
 * no token is told when to come back. It may be forgotten at any time; the cloud's answers teach it anew.
 */
export abstract class CallBudget {
  abstract take(charge: CallCharge): Promise<Taking>;
  /** Tells it what the cloud's answer to such a call said. */
  abstract heard(charge: CallCharge, word: CloudWord): Promise<void>;
}
