import type { FindingOutcome } from '../fraud/fraud-check.js';
import { type ReasonCode, codesUsableFor, isReasonCode } from '../reason-codes.js';
import { findPolicyPack } from './packs/index.js';
import {
  type KnownOfRequest,
  applyAgainAfterDenial,
  contradictionOf,
  reasonIsNotFor,
} from './reason-grounds.js';

const pack = (id: string) => {
  const found = findPolicyPack(id);
  if (found === null) throw new Error(`there is no pack ${id}`);
  return found;
};
const createdAt = '2026-02-20T00:00:00.000Z';
const paid: KnownOfRequest['facts'] = {
  state: 'Enabled',
  createdAt,
  billing: { paidInvoicesUsd: 1_200, firstInvoicePaidAt: null, pastDue: false },
};
const finding = (check: string, outcome: FindingOutcome) => ({ check, outcome, reasonCode: null });
const known = (differs: Partial<KnownOfRequest> = {}): KnownOfRequest => ({
  pack: pack('P3'),
  facts: paid,
  eligibility: { refusals: [] },
  findings: [
    finding('young-subscription', 'pass'),
    finding('ip-on-blocklist', 'pass'),
    finding('sender-domain-unready', 'pass'),
    finding('missing-reverse-dns', 'unknown'),
    finding('relay-not-ruled-out', 'pass'),
    finding('prior-revocation', 'pass'),
  ],
  ...differs,
});
const refusing = (code: ReasonCode): Partial<KnownOfRequest> => ({
  eligibility: { refusals: [{ code, message: '', nextStep: '' }] },
});
const finds = (check: string, outcome: FindingOutcome): Partial<KnownOfRequest> => ({
  findings: [...known().findings.filter((one) => one.check !== check), finding(check, outcome)],
});
const owing = (differs: Partial<KnownOfRequest['facts']>) => ({ facts: { ...paid, ...differs } });
const unpaid = { ...paid.billing, paidInvoicesUsd: 0 };

/** By which each code that rests on something comes true: a finding, a rule, or a registered fact. */
const madeTrueBy = {
  'offer-never-eligible': refusing('offer-never-eligible'),
  'partner-must-request': refusing('partner-must-request'),
  'customer-must-request': refusing('customer-must-request'),
  'not-the-reseller': refusing('not-the-reseller'),
  'subscription-not-enabled': refusing('subscription-not-enabled'),
  'payment-history-too-low': owing({ billing: unpaid }),
  'past-due': owing({ billing: { ...paid.billing, pastDue: true } }),
  'account-too-new': finds('young-subscription', 'warn'),
  'relay-sufficient': finds('relay-not-ruled-out', 'warn'),
  'mail-authentication-incomplete': finds('missing-reverse-dns', 'warn'),
  'address-reputation': finds('ip-on-blocklist', 'fail'),
  'terms-violated': finds('prior-revocation', 'warn'),
} satisfies Partial<Record<ReasonCode, Partial<KnownOfRequest>>>;
const judgements = ['trust-review-declined', 'volume-implausible', 'justification-insufficient'];

test('every code of denials is a judgement, or is made true by something that is known', () => {
  expect([...Object.keys(madeTrueBy), ...judgements].toSorted()).toEqual(
    [...codesUsableFor('denial')].toSorted(),
  );
});

test.each(Object.entries(madeTrueBy))(
  '%s is taken where it is known to be true, and only there',
  (code, makes) => {
    if (!isReasonCode(code)) throw new Error(`${code} is no code`);
    expect(contradictionOf(code, known(makes))).toBeNull();
    const refusal = contradictionOf(code, known());
    expect(refusal).toMatchObject({ code: 'reason-contradicted' });
    for (const free of judgements) expect(refusal?.nextStep).toContain(free);
    expect(refusal?.nextStep).not.toContain(code);
    // What makes it true makes no other of them true by the way.
    const others = Object.keys(madeTrueBy).filter((other) => other !== code);
    for (const other of others)
      if (isReasonCode(other))
        expect([other, contradictionOf(other, known(makes))?.code]).toEqual([other, 'reason-contradicted']);
  },
);

test.each(judgements)('%s is the reviewer’s judgement, whatever is known', (code) => {
  if (!isReasonCode(code)) throw new Error(`${code} is no code`);
  expect(contradictionOf(code, known())).toBeNull();
});

test('a state of PastDue is overdue too; a gate of the pack decides about payments where it has one', () => {
  expect(contradictionOf('past-due', known(owing({ state: 'PastDue' })))).toBeNull();
  const gated = { pack: pack('P4'), ...owing({ billing: unpaid }) };
  expect(contradictionOf('payment-history-too-low', known(gated))?.code).toBe('reason-contradicted');
  expect(
    contradictionOf('payment-history-too-low', known({ ...gated, ...refusing('payment-history-too-low') })),
  ).toBeNull();
});

test('a check that could not look contradicts nothing: that is another refusal (I17)', () => {
  expect(contradictionOf('address-reputation', known(finds('ip-on-blocklist', 'error')))).toBeNull();
  // It looked, and the source does not know: that speaks for nothing.
  expect(contradictionOf('address-reputation', known(finds('ip-on-blocklist', 'unknown')))?.code).toBe(
    'reason-contradicted',
  );
});

test('what is known is said: the findings, or the registered facts with what policy refuses', () => {
  expect(contradictionOf('account-too-new', known())?.message).toContain('young-subscription is "pass"');
  const message = contradictionOf('past-due', known(refusing('cooling-down')))?.message;
  expect(message).toContain('registered as Enabled with nothing overdue and USD 1200 paid');
  expect(message).toContain('refuses with cooling-down');
});

test.each([
  ['denial', 'offer-open', 'cannot be given for a denial'],
  ['denial', 'nonsense', 'is no reason code for a denial'],
  ['suspension', 'account-too-new', 'cannot be given for a suspension'],
  ['revocation', 'toString', 'is no reason code for a revocation'],
] as const)('a %s with %s is refused with the list of those that are usable', (use, code, words) => {
  const refusal = reasonIsNotFor(use, code);
  expect(refusal).toMatchObject({ code: 'reason-not-usable' });
  expect(refusal?.message).toContain(words);
  for (const usable of codesUsableFor(use)) {
    expect(refusal?.nextStep).toContain(usable);
    expect(reasonIsNotFor(use, usable)).toBeNull();
  }
});

const now = '2026-03-01T12:00:00.000Z';

test.each([
  ['past-due', null],
  ['mail-authentication-incomplete', null],
  ['address-reputation', null],
  ['justification-insufficient', null],
  ['payment-history-too-low', null],
  ['offer-never-eligible', null],
  ['account-too-new', '2026-03-22T00:00:00.000Z'],
  ['trust-review-declined', '2026-03-31T12:00:00.000Z'],
  ['relay-sufficient', '2026-03-31T12:00:00.000Z'],
] as const)('after %s the same tenant may file again from %s on (null: at once)', (code, from) => {
  expect(applyAgainAfterDenial(code, known(), now)).toBe(from);
});
