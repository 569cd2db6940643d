import type { EmulatorClock } from './clock.js';
import { ArmError } from './errors.js';

/** A bucket: how many calls it holds, and how many flow back a minute. */
interface Policy {
  readonly name: string;
  readonly burst: number;
  readonly perMinute: number;
  readonly per: 'machine' | 'subscription';
}

const policy = (name: string, per: Policy['per'], perMinute: number, burst: number): Policy => ({
  name,
  per,
  perMinute,
  burst,
});

/**
 * The published limits of the compute provider, a region. Creating a machine costs nothing here: it is how a test
 * furnishes its cloud. `update` are the other power operations.
 */
const policies = {
  deallocate: [
    policy('DeallocateVM', 'machine', 4, 12),
    policy('DeallocateVMSubscription', 'subscription', 500, 1_500),
  ],
  start: [policy('StartVM', 'machine', 4, 12), policy('StartVMSubscription', 'subscription', 500, 1_500)],
  update: [policy('UpdateVM', 'machine', 4, 12), policy('UpdateVMSubscription', 'subscription', 500, 1_500)],
  delete: [policy('DeleteVM', 'machine', 4, 12), policy('DeleteVMSubscription', 'subscription', 500, 1_500)],
  deallocateInstance: [policy('DeallocateVMScaleSetVM', 'subscription', 175, 525)],
  startInstance: [policy('StartVMScaleSetVM', 'subscription', 175, 525)],
  instanceView: [
    policy('GetInstanceView', 'machine', 12, 36),
    policy('GetInstanceViewSubscription', 'subscription', 8_000, 24_000),
  ],
  list: [policy('ListVMSubscription', 'subscription', 300, 900)],
  operation: [
    policy('GetOperation', 'machine', 15, 45),
    policy('GetOperationSubscription', 'subscription', 5_000, 15_000),
  ],
} as const;

export type ThrottledCall = keyof typeof policies;

/** Token buckets by subscription, region, policy and machine; what is left is told in the real header. */
export class Throttle {
  private readonly levels = new Map<string, { level: number; atMs: number }>();

  constructor(private readonly clock: EmulatorClock) {}

  reset(): void {
    this.levels.clear();
  }

  /** Takes one token of each bucket of a call and answers the header; throws 429 when one of them is empty. */
  take(call: ThrottledCall, subscriptionId: string, region: string, machine: string): string {
    const buckets = policies[call].map((one) => {
      const scope = one.per === 'machine' ? `${region}/${machine}` : region;
      return {
        policy: one,
        bucket: this.bucket(one, `${subscriptionId}/${scope}/${one.name}`.toLowerCase()),
      };
    });
    const empty = buckets.find(({ bucket }) => bucket.level < 1);
    const header = () =>
      buckets
        .map(
          ({ policy: { name }, bucket }) => `Microsoft.Compute/${name};${String(Math.floor(bucket.level))}`,
        )
        .join(',');
    if (empty !== undefined) {
      const seconds = Math.ceil(((1 - empty.bucket.level) / empty.policy.perMinute) * 60);
      throw new ArmError(
        429,
        'OperationNotAllowed',
        'The server rejected the request because too many requests have been received for this subscription.',
        {
          'retry-after': String(seconds),
          'x-ms-ratelimit-remaining-resource': header(),
        },
      );
    }
    for (const { bucket } of buckets) bucket.level -= 1;
    return header();
  }

  private bucket({ burst, perMinute }: Policy, key: string): { level: number; atMs: number } {
    const now = this.clock.nowMs();
    const known = this.levels.get(key) ?? { level: burst, atMs: now };
    const refilled = Math.min(burst, known.level + (Math.max(0, now - known.atMs) / 60_000) * perMinute);
    const bucket = { level: refilled, atMs: now };
    this.levels.set(key, bucket);
    return bucket;
  }
}
