import {
  codesUsableFor,
  internalCodes,
  isReasonCode,
  presentReason,
  publicCodeOf,
  reasonCodes,
  reasonText,
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
  ...['justification-missing', 'justification-insufficient', 'relay-sufficient'],
  ...['domain-not-verified', 'mail-authentication-incomplete'],
  ...['address-reputation', 'volume-implausible', 'trust-review-declined', 'terms-violated', 'offer-changed'],
  ...['policy-changed', 'live-request-exists', 'already-exempt', 'cooling-down'],
  ...['subscription-moved', 'reseller-changed', 'former-exemption-live'],
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

test('what no catalogue knows leaves the house under the neutral code', () => {
  expect(publicCodeOf('a-code-of-years-ago')).toBe('trust-review-declined');
  expect(publicCodeOf('relay-sufficient')).toBe('relay-sufficient');
  expect(internalCodes()).toEqual(['volume-implausible']);
});

test('what is no code is none, inherited names included', () => {
  expect(isReasonCode('toString')).toBe(false);
  expect(isReasonCode('')).toBe(false);
});

test('each kind of decision has codes of its own', () => {
  expect(codesUsableFor('denial')).toContain('mail-authentication-incomplete');
  for (const code of ['offer-open', 'justification-missing', 'domain-not-verified'])
    expect(codesUsableFor('denial')).not.toContain(code);
  expect(codesUsableFor('revocation')).toContain('terms-violated');
  expect(codesUsableFor('suspension')).not.toContain('live-request-exists');
});

const date = '2026-06-01T00:00:00.000Z';

test('the wait is told by its date where there is one, and never by a date that nobody knows', () => {
  const told = (code: (typeof reasonCodes)[number], setting: Parameters<typeof presentReason>[2]) =>
    presentReason(code, 'customer', setting).nextStep;
  for (const code of reasonCodes) {
    expect(told(code, { occasion: 'denial', applyAgainOn: date })).toContain(`from ${date} on`);
    expect(told(code, { occasion: 'revocation', waitDays: 180 })).toContain(
      'filed 180 days after the revocation is complete',
    );
    for (const occasion of ['refusal', 'denial', 'suspension', 'revocation'] as const)
      expect(told(code, { occasion })).not.toMatch(/date given|appeal|apply again/i);
  }
});

test('what the reader can mend is followed by filing, and what is a judgement is not', () => {
  expect(presentReason('past-due', 'customer', { occasion: 'denial' }).nextStep).toBe(
    'Pay what is due. Then file a request.',
  );
  expect(presentReason('trust-review-declined', 'customer', { occasion: 'denial' }).nextStep).not.toContain(
    'file',
  );
});
