/** What the cloud itself says of a subscription at this moment. */
export type CloudSubscription =
  | { readonly kind: 'found'; readonly state: string; readonly tenantId: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failure'; readonly why: 'timeout' | 'throttled' | 'forbidden' | 'other' };

/** Reads one subscription from the cloud. Never throws for what the network does: that is `failure`. */
export abstract class SubscriptionReader {
  abstract read(subscriptionId: string): Promise<CloudSubscription>;
}
