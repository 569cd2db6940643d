import type { BucketSize } from '../../domain/enforcement/call-bucket.js';

/** One counter of the compute provider, by the name that its answers give it. */
export interface CallPolicy extends BucketSize {
  readonly name: string;
}

/**
 * What Resource Manager itself lets through of one caller's reads, a subscription: a bucket of 250, and 25 more a second
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling). The network provider
 * publishes more than that (10,000 reads in five minutes, the same page), the log none of its own: this holds for both.
 */
const managerReads = { perMinute: 1_500, burst: 250 } as const;

/**
 * The compute provider's published limits, a subscription and region
 * (https://learn.microsoft.com/azure/virtual-machines/compute-throttling-limits). They are where our count begins; what
 * the answers say (`x-ms-ratelimit-remaining-resource`, `Retry-After`) wins over them.
 */
export const azurePolicies = {
  deallocate: { name: 'DeallocateVMSubscription', perMinute: 500, burst: 1_500 },
  start: { name: 'StartVMSubscription', perMinute: 500, burst: 1_500 },
  instanceView: { name: 'GetInstanceViewSubscription', perMinute: 8_000, burst: 24_000 },
  list: { name: 'ListVMSubscription', perMinute: 300, burst: 900 },
  operation: { name: 'GetOperationSubscription', perMinute: 5_000, burst: 15_000 },
  deallocateInstance: { name: 'DeallocateVMScaleSetVM', perMinute: 175, burst: 525 },
  startInstance: { name: 'StartVMScaleSetVM', perMinute: 175, burst: 525 },
  // One each: a provider that throttles is no reason to leave the others alone.
  subscriptionReads: { name: 'SubscriptionReads', ...managerReads },
  networkReads: { name: 'NetworkReads', ...managerReads },
  logReads: { name: 'ActivityLogReads', ...managerReads },
  // 15 queries in 5 seconds, of one caller over all subscriptions; a third of that, since others may share our identity
  // (https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests).
  graphQueries: { name: 'ResourceGraphQueries', perMinute: 60, burst: 5 },
} as const satisfies Readonly<Record<string, CallPolicy>>;

/** What is counted by Resource Manager's own count of reads, which has a header of its own. */
export const countedAsReads: readonly string[] = [
  azurePolicies.subscriptionReads.name,
  azurePolicies.networkReads.name,
  azurePolicies.logReads.name,
];

/** What Resource Graph counts, a caller. */
export const countedByUser: readonly string[] = [azurePolicies.graphQueries.name];

export type PolicyName = keyof typeof azurePolicies;

/**
 * The limits of one machine. Nobody counts them: our own waits (docs/enforcement.md) stay below them, which is proved in
 * azure-policies.spec.ts, and a 429 of theirs concerns that machine only.
 */
export const machinePolicies = {
  deallocate: { name: 'DeallocateVM', perMinute: 4, burst: 12 },
  start: { name: 'StartVM', perMinute: 4, burst: 12 },
  instanceView: { name: 'GetInstanceView', perMinute: 12, burst: 36 },
  operation: { name: 'GetOperation', perMinute: 15, burst: 45 },
} as const satisfies Readonly<Partial<Record<PolicyName, CallPolicy>>>;
