import {
  denialCodes,
  isReasonCode,
  presentReason,
  reasonCodes,
  reasonText,
  revocationCodes,
} from './reason-codes.js';

const startSet = [
  ...[
    'offer-open',
    'offer-never-eligible',
    'offer-ambiguous',
    'partner-must-request',
    'customer-must-request',
  ],
  ...[
    'not-the-reseller',
    'payment-history-too-low',
    'account-too-new',
    'subscription-not-enabled',
    'past-due',
  ],
  ...['justification-missing', 'relay-sufficient', 'domain-not-verified', 'mail-authentication-incomplete'],
  ...['address-reputation', 'volume-implausible', 'trust-review-declined', 'terms-violated', 'offer-changed'],
  ...['policy-changed', 'live-request-exists', 'already-exempt', 'cooling-down'],
];

test('the start set is there, whole', () => {
  expect([...reasonCodes].sort()).toEqual([...startSet].sort());
});

test.each(reasonCodes)('%s speaks to everybody: silence is not an outcome', (code) => {
  for (const audience of ['customer', 'partner', 'internal'] as const) {
    const { message, nextStep } = presentReason(code, audience);
    expect(message.length).toBeGreaterThan(10);
    expect(nextStep.length).toBeGreaterThan(10);
  }
  expect(isReasonCode(reasonText(code).publicCode)).toBe(true);
  expect(presentReason(code, 'internal').code).toBe(code);
});

test('a suspicion leaves the house under the neutral code, with its text', () => {
  expect(presentReason('volume-implausible', 'customer')).toEqual(
    presentReason('trust-review-declined', 'customer'),
  );
  expect(presentReason('volume-implausible', 'partner').code).toBe('trust-review-declined');
});

test('what is no code is none, inherited names included', () => {
  expect(isReasonCode('toString')).toBe(false);
  expect(isReasonCode('')).toBe(false);
});

test('denials and revocations have codes of their own', () => {
  expect(denialCodes).toContain('mail-authentication-incomplete');
  expect(denialCodes).not.toContain('offer-open');
  expect(revocationCodes).toContain('terms-violated');
  expect(revocationCodes).not.toContain('live-request-exists');
});
