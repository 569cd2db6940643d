import type { Port25 } from '../../domain/derived/port25.js';
import type { SubscriptionFacts } from '../../domain/subscription/subscription.js';

/** A subscription: its registered facts, what port 25 is like, and where its live request and exemption stand. */
export interface SubscriptionView extends SubscriptionFacts {
  readonly port25: Port25;
  readonly links: {
    readonly self: string;
    readonly liveRequest: string | null;
    readonly exemption: string | null;
  };
}
