import type { BucketSize } from '../../domain/enforcement/call-bucket.js';

/** One counter of the compute provider, by the name that its answers give it. */
export interface CallPolicy extends BucketSize {
  readonly name: string;
}

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
} as const satisfies Readonly<Record<string, CallPolicy>>;

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
