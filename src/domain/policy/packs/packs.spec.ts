import { describePolicy } from '../describe-policy.js';
import { defaultPackId, findPolicyPack, policyPacks } from './index.js';

test('the cut-off is in the texts until P5, and gone from P6 on', () => {
  expect(policyPacks.map(({ cutOff }) => cutOff !== null)).toEqual([
    ...[true, true, true, true, true, true],
    ...[false, false, false, false, false],
  ]);
});

test('the payment gate comes with P4 and stays', () => {
  expect(policyPacks.map(({ paymentGateUsd }) => paymentGateUsd)).toEqual([
    ...[null, null, null, null],
    ...[1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000],
  ]);
});

test('every pack counts with the numbers that were decided, and names its text', () => {
  for (const pack of policyPacks) {
    expect(pack.thresholds).toEqual({
      youngSubscriptionDays: 30,
      burst: { requests: 5, withinHours: 24 },
      coolingDown: { afterRevocationDays: 180, afterDenialDays: 30 },
      dailyVolumeSecondApproval: 10_000,
      reviewAfterDays: null,
      awaitingInformationDays: 14,
    });
    expect(pack.source).not.toBe('');
    expect(pack.cutOffDecidedBy).toBe('subscription-creation');
  }
});

test('a pack is found by its id in any letter case; P3 is the default', () => {
  expect(findPolicyPack('p3')).toBe(findPolicyPack('P3'));
  expect(findPolicyPack('P11')).toBeNull();
  expect(defaultPackId).toBe('P3');
});

test('the policy document shows every pack, and each offer once in its table', () => {
  const text = describePolicy(policyPacks);
  for (const { id, title } of policyPacks) expect(text).toContain(`### ${id}: ${title}`);
  expect(text).toContain(
    '| Pay-As-You-Go | GF, req | GF, req | GF, req | GF, req | GF, auto | GF, auto | B, auto | B, auto | B, never | B, never | B, never |',
  );
  expect(describePolicy(policyPacks)).toBe(text);
});
