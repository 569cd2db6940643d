import { ordinaryCall } from '../../domain/ports/compute-control-plane.js';
import type { CallBudget, CallCharge } from '../../domain/ports/call-budget.js';
import { ArmBudget, wordOf } from './arm-budget.js';
import { chargeOf } from './azure-charges.js';

const charge = { policy: 'DeallocateVMSubscription' };
const told = (counters: string, more: Readonly<Record<string, string>> = {}) =>
  new Headers({ 'x-ms-ratelimit-remaining-resource': counters, ...more });
const machine =
  '/subscriptions/11111111-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/mx1';

describe('what an answer says of the budget (F9)', () => {
  it('is read from several counters in one header, in any case', () => {
    const counters = 'Microsoft.Compute/DeallocateVM;11, microsoft.compute/deallocatevmsubscription;1499';
    expect(wordOf(charge, 202, told(counters))).toEqual({ kind: 'served', left: 1_499 });
  });

  it.each([
    '',
    'nonsense',
    'Microsoft.Compute/DeallocateVMSubscription;-1',
    'Microsoft.Compute/;3',
    ';;;,,,',
  ])('is no count where the header is %j', (counters) =>
    expect(wordOf(charge, 202, told(counters))).toEqual({ kind: 'served', left: null }),
  );

  it('is a wait where it is throttled with Retry-After, and none to be told without', () => {
    const empty = 'Microsoft.Compute/DeallocateVM;11,Microsoft.Compute/DeallocateVMSubscription;0';
    const waiting = told(empty, { 'retry-after': '17' });
    expect(wordOf(charge, 429, waiting)).toEqual({ kind: 'throttled', left: 0, waitMs: 17_000 });
    expect(wordOf(charge, 429, new Headers())).toEqual({ kind: 'throttled', left: null, waitMs: null });
  });

  it('is nothing about the subscription where one machine’s own counter is empty: its neighbours go on', () => {
    const counters = 'Microsoft.Compute/DeallocateVM;0,Microsoft.Compute/DeallocateVMSubscription;1200';
    const answer = told(counters, { 'retry-after': '15' });
    expect(wordOf(charge, 429, answer)).toEqual({ kind: 'served', left: 1_200 });
  });

  it.each([500, 503, 408, null])('is silence where the status is %s', (status) => {
    expect(wordOf(charge, status, new Headers())).toEqual({ kind: 'failed' });
  });
});

describe('one subscription that the cloud leaves without answers', () => {
  const of = (subscriptionId: string): CallCharge => ({
    subscriptionId,
    region: 'westeurope',
    policy: 'DeallocateVMSubscription',
    size: { burst: 1_500, perMinute: 500 },
    isUrgent: false,
    givesWay: false,
  });
  /** A bucket that is never empty. */
  const full: CallBudget = {
    take: () => Promise.resolve({ kind: 'granted' }),
    heard: () => Promise.resolve(),
  };

  it('waits with 10 calls at most: a worker keeps hands for the others (F9, I16)', async () => {
    const budget = new ArmBudget(full);
    const answers: (() => void)[] = [];
    const slow = () =>
      new Promise<{ answer: null; status: number; headers: null }>((resolve) =>
        answers.push(() => resolve({ answer: null, status: 202, headers: null })),
      );
    const calls = Array.from({ length: 10 }, () => budget.during(of('a'), slow));
    expect(await budget.waitMs(of('a'))).toBe(500);
    expect(await budget.waitMs(of('b'))).toBeNull();
    answers[0]?.();
    await calls[0];
    expect(await budget.waitMs(of('a'))).toBeNull();
    for (const answer of answers) answer();
    await Promise.all(calls);
  });
});

describe('what a call is counted by', () => {
  it('is subscription, region and policy; an operation’s URL names its region itself', () => {
    const purpose = { region: 'westeurope', isUrgent: true };
    expect(chargeOf('deallocate', machine, purpose)).toMatchObject({
      subscriptionId: '11111111-0000-4000-8000-000000000001',
      region: 'westeurope',
      policy: 'DeallocateVMSubscription',
      isUrgent: true,
    });
    const url = `https://cloud.example${machine.slice(0, 51)}/providers/Microsoft.Compute/locations/northeurope/operations/x?h=1`;
    expect(chargeOf('operation', url, purpose)?.region).toBe('northeurope');
    expect(chargeOf('list', machine, purpose)?.region).toBe('global');
    expect(chargeOf('instanceView', machine, ordinaryCall)?.region).toBe('unknown');
  });

  it('is Resource Manager’s own count of reads for the rest, one bucket a provider, urgent or giving way as it is', () => {
    const log = `${machine.slice(0, 51)}/providers/Microsoft.Insights/eventtypes/management/values`;
    expect(chargeOf('logReads', log, { region: null, isUrgent: true })).toMatchObject({
      region: 'global',
      policy: 'ActivityLogReads',
      size: { burst: 250, perMinute: 1_500 },
      isUrgent: true,
      givesWay: false,
    });
    const preview = { region: null, isUrgent: false, givesWay: true };
    expect(chargeOf('networkReads', log, preview)).toMatchObject({ policy: 'NetworkReads', givesWay: true });
    const left = new Headers({ 'x-ms-ratelimit-remaining-subscription-reads': '249' });
    expect(wordOf({ policy: 'SubscriptionReads' }, 200, left)).toEqual({ kind: 'served', left: 249 });
    expect(wordOf(charge, 202, left)).toEqual({ kind: 'served', left: null });
  });

  it('is nothing where no subscription is named', () => {
    expect(chargeOf('operation', '/operations/1', ordinaryCall)).toBeNull();
  });
});
