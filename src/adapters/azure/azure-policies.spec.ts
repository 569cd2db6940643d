import { fullBucket, takeToken } from '../../domain/enforcement/call-bucket.js';
import { pollDelayMs, retryDelayMs } from '../../domain/enforcement/next-step.js';
import { azurePolicies, machinePolicies, type CallPolicy } from './azure-policies.js';

/** Whether calls at these waits after each other, for an hour, each find a token of one machine's own counter. */
function staysWithin(policy: CallPolicy, waitMs: (call: number) => number): boolean {
  let bucket = fullBucket(policy, 0);
  let nowMs = 0;
  for (let call = 0; nowMs < 3_600_000; call += 1) {
    const step = takeToken(bucket, policy, { nowMs, isUrgent: false });
    if (step.taking.kind === 'denied') return false;
    bucket = step.bucket;
    nowMs += waitMs(call);
  }
  return true;
}

describe('the limits of one machine, which nobody counts (F9, I16)', () => {
  it('are above the waits between two questions after an operation that does not end', () => {
    expect(staysWithin(machinePolicies.operation, pollDelayMs)).toBe(true);
  });

  it('are above the waits between two looks after an order whose answer was lost', () => {
    expect(staysWithin(machinePolicies.instanceView, pollDelayMs)).toBe(true);
  });

  it('are above the waits between two tries of an order that is refused', () => {
    for (const policy of [machinePolicies.deallocate, machinePolicies.start])
      expect(staysWithin(policy, (call) => retryDelayMs(call + 1))).toBe(true);
  });

  it('would not bear a question a second: the waits are needed', () => {
    expect(staysWithin(machinePolicies.operation, () => 1_000)).toBe(false);
  });

  it('have names that begin as their subscription’s do', () => {
    for (const what of ['deallocate', 'start', 'instanceView', 'operation'] as const)
      expect(azurePolicies[what].name).toBe(`${machinePolicies[what].name}Subscription`);
  });
});
