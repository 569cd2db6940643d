import { explainEligibility } from './eligibility.js';
import type { EligibilityInput } from './eligibility.js';
import { findPolicyPack } from './packs/index.js';
import type { PackId, PolicyPack } from './policy-pack.js';

const payAsYouGo = { quotaId: 'PayAsYouGo_2014-09-01', offerId: '0003P' };
const cspOffer = { quotaId: 'CSP_2015-05-01' };

const customerTenant = '00000000-0000-4000-8000-0000000000c1';
const partnerTenant = '00000000-0000-4000-8000-0000000000f1';
const customer = { kind: 'customer', tenantId: customerTenant, relatedToCustomer: true } as const;
const partner = { kind: 'partner', tenantId: partnerTenant, relatedToCustomer: true } as const;

function pack(id: PackId): PolicyPack {
  const found = findPolicyPack(id);
  if (found === null) throw new Error(`no pack ${id}`);
  return found;
}

/** A Pay-As-You-Go subscription of 2020 that pays its bills, asked about by nobody in particular. */
function facts(more: Partial<EligibilityInput> = {}): EligibilityInput {
  return {
    pack: pack('P3'),
    offer: payAsYouGo,
    createdAt: '2020-03-01T00:00:00Z',
    state: 'Enabled',
    partnerTenantId: null,
    billing: { paidInvoicesUsd: 5_000, firstInvoicePaidAt: '2020-04-01T00:00:00Z', pastDue: false },
    asOf: '2026-01-01T00:00:00Z',
    requester: null,
    coolingDownUntil: null,
    live: { request: false, exemption: false, formerExemption: false },
    ...more,
  };
}

const codes = (list: readonly { readonly code: string }[]) => list.map(({ code }) => code);

describe('who asks', () => {
  const csp = { offer: cspOffer, partnerTenantId: partnerTenant };
  const otherPartner = { ...partner, tenantId: '00000000-0000-4000-8000-0000000000f2' };
  test.each([
    ['a customer for its CSP subscription', { ...csp, requester: customer }, ['partner-must-request']],
    ['the reseller for its CSP customer', { ...csp, requester: partner }, []],
    ['another related partner', { ...csp, requester: otherPartner }, ['not-the-reseller']],
    [
      'the reseller whose relationship ended',
      { ...csp, requester: { ...partner, relatedToCustomer: false } },
      ['not-the-reseller'],
    ],
    [
      'a partner where none is of record',
      { ...csp, partnerTenantId: null, requester: partner },
      ['not-the-reseller'],
    ],
    ['a partner for a Pay-As-You-Go customer', { requester: partner }, ['customer-must-request']],
    [
      'a partner for a Partner Network customer',
      { offer: { quotaId: 'MPN_2014-09-01', offerId: '0025P' }, requester: partner },
      ['customer-must-request'],
    ],
    ['a customer for its Pay-As-You-Go subscription', { requester: customer }, []],
    [
      'a customer for its self-service CSP subscription',
      { ...csp, pack: pack('P4'), requester: customer },
      ['partner-must-request'],
    ],
    ['the reseller under self-service', { ...csp, pack: pack('P4'), requester: partner }, []],
  ] as const)('%s', (_who, more, expected) => {
    expect(codes(explainEligibility(facts(more)).refusals)).toEqual(expected);
  });

  test('a partner is spoken to as a partner', () => {
    const [refusal] = explainEligibility(facts({ requester: partner })).refusals;
    expect(refusal?.message).toContain('Your customer');
  });
});

describe('what refuses and what does not', () => {
  test.each([
    ['Disabled', ['subscription-not-enabled'], 'not-yet'],
    ['Deleted', ['subscription-not-enabled'], 'not-yet'],
    ['Warned', [], 'requestable'],
    ['PastDue', [], 'requestable'],
    ['Enabled', [], 'requestable'],
    [null, [], 'requestable'],
  ] as const)('state %s', (state, expected, outcome) => {
    const answer = explainEligibility(facts({ state }));
    expect(codes(answer.refusals)).toEqual(expected);
    expect(answer.outcome).toBe(outcome);
  });

  test('cooling down is not-yet and names the date, until that very moment', () => {
    const until = '2026-02-01T00:00:00Z';
    const answer = explainEligibility(facts({ coolingDownUntil: until, asOf: '2026-01-31T23:59:59Z' }));
    expect(answer.outcome).toBe('not-yet');
    expect(answer.refusals).toMatchObject([{ code: 'cooling-down', applyAgainOn: until }]);
    expect(explainEligibility(facts({ coolingDownUntil: until, asOf: until })).outcome).toBe('requestable');
  });

  test.each([
    ['P3', 0, 'requestable'],
    ['P4', 999.99, 'not-yet'],
    ['P4', 1_000, 'self-service'],
    ['P7', 0, 'not-yet'],
  ] as const)('the payment gate of %s at USD %d', (id, paidInvoicesUsd, outcome) => {
    const billing = { paidInvoicesUsd, firstInvoicePaidAt: null, pastDue: false };
    const answer = explainEligibility(facts({ pack: pack(id), billing }));
    expect(answer.outcome).toBe(outcome);
    expect(codes(answer.refusals)).toEqual(outcome === 'not-yet' ? ['payment-history-too-low'] : []);
  });

  test('billing that nobody gave is not judged, and the next steps say so', () => {
    const answer = explainEligibility(facts({ pack: pack('P4'), billing: null }));
    expect(answer.outcome).toBe('self-service');
    expect(answer.grantsByRule).toBe(false);
    expect(answer.nextSteps.join(' ')).toContain('USD 1000');
  });

  test('a relay that could be used refuses CSP and nobody else', () => {
    const csp = { offer: cspOffer, partnerTenantId: partnerTenant, requester: partner };
    const refused = explainEligibility(facts({ ...csp, relayCannotBeUsed: false }));
    expect(codes(refused.refusals)).toEqual(['relay-sufficient']);
    expect(codes(explainEligibility(facts({ ...csp, relayCannotBeUsed: true })).refusals)).toEqual([]);
    expect(codes(explainEligibility(facts({ relayCannotBeUsed: false })).refusals)).toEqual([]);
  });

  test('all reasons are told at once', () => {
    const answer = explainEligibility(
      facts({
        pack: pack('P5'),
        offer: cspOffer,
        requester: customer,
        relayCannotBeUsed: false,
        state: 'Disabled',
        coolingDownUntil: '2030-01-01T00:00:00Z',
        billing: { paidInvoicesUsd: 0, firstInvoicePaidAt: null, pastDue: true },
        live: { request: true, exemption: false, formerExemption: false },
      }),
    );
    expect(codes(answer.refusals).sort()).toEqual([
      'cooling-down',
      'partner-must-request',
      'payment-history-too-low',
      'relay-sufficient',
      'subscription-not-enabled',
    ]);
    expect(codes(answer.conflicts)).toEqual(['live-request-exists']);
    expect(codes(answer.reasons)).toEqual([
      'self-service-check',
      ...codes(answer.refusals),
      'live-request-exists',
    ]);
  });

  test.each([
    [
      'a live request',
      { request: true, exemption: false, formerExemption: false },
      'requestable',
      ['live-request-exists'],
    ],
    [
      'a live exemption',
      { request: false, exemption: true, formerExemption: false },
      'already-exempt',
      ['already-exempt'],
    ],
    [
      'a live exemption that the partner before asked for',
      { request: false, exemption: false, formerExemption: true },
      'not-yet',
      ['former-exemption-live'],
    ],
  ] as const)('%s is a conflict and no refusal', (_what, live, outcome, expected) => {
    const answer = explainEligibility(facts({ live }));
    expect(answer.outcome).toBe(outcome);
    expect(codes(answer.conflicts)).toEqual(expected);
    expect(answer.refusals).toEqual([]);
  });

  test('a live exemption outlives a pack that says never, and a new request is refused with both', () => {
    const answer = explainEligibility(
      facts({ pack: pack('P8'), live: { request: false, exemption: true, formerExemption: false } }),
    );
    expect(answer.outcome).toBe('already-exempt');
    expect(codes(answer.refusals)).toEqual(['offer-never-eligible']);
    expect(codes(answer.conflicts)).toEqual(['already-exempt']);
  });

  test('what is open needs no exemption, and nothing else is said', () => {
    const answer = explainEligibility(facts({ createdAt: '2016-05-01T00:00:00Z', state: 'Disabled' }));
    expect(codes(answer.refusals)).toEqual(['offer-open']);
    expect(answer.reasons).toMatchObject([{ code: 'offer-open', rule: 'createdBeforeTheCutOff' }]);
  });

  test('Free Trial hears never, and what to do instead', () => {
    const answer = explainEligibility(facts({ offer: { quotaId: 'FreeTrial_2014-09-01' } }));
    expect(answer.outcome).toBe('never');
    expect(answer.nextSteps.join(' ')).toContain('587');
  });
});

describe('self-service', () => {
  test.each([
    ['in good standing', {}, true],
    ['past due', { billing: { paidInvoicesUsd: 5_000, firstInvoicePaidAt: null, pastDue: true } }, false],
    ['warned', { state: 'Warned' }, false],
    ['asked for by the wrong party', { requester: partner }, false],
  ] as const)('%s', (_what, more, grantsByRule) => {
    const answer = explainEligibility(facts({ pack: pack('P4'), ...more }));
    expect(answer).toMatchObject({ outcome: 'self-service', grantsByRule });
  });

  test('P3 grants nothing by rule', () => {
    expect(explainEligibility(facts()).grantsByRule).toBe(false);
  });
});

describe('an offer that nobody can name', () => {
  const partnerNetwork = { quotaId: 'MPN_2014-09-01' };
  test.each([
    ['unknown quota id', { quotaId: 'Internal_2014-09-01' }],
    ['Partner Network or Visual Studio', partnerNetwork],
    ['Enterprise Agreement or MCA-E', { quotaId: 'EnterpriseAgreement_2014-09-01' }],
    ['some Dev/Test', { quotaId: 'MSDNDevTest_2014-09-01' }],
    ['Pay-As-You-Go or an individual agreement', { quotaId: 'PayAsYouGo_2014-09-01' }],
  ])('is accepted for a human: %s', (_what, offer) => {
    const answer = explainEligibility(facts({ offer, requester: customer, relayCannotBeUsed: false }));
    expect(answer.outcome).toBe('unknown');
    expect(answer.refusals).toEqual([]);
    expect(codes(answer.reasons)).toEqual(['offer-ambiguous']);
  });

  test('the cut-off helps where every candidate gives the same answer', () => {
    const old = { createdAt: '2017-01-01T00:00:00Z' };
    expect(explainEligibility(facts({ offer: partnerNetwork, ...old })).outcome).toBe('open');
    expect(explainEligibility(facts({ offer: { quotaId: 'PayAsYouGo_2014-09-01' }, ...old })).outcome).toBe(
      'unknown',
    );
    expect(explainEligibility(facts({ offer: { quotaId: 'Internal' }, ...old })).outcome).toBe('unknown');
  });

  test('so does a pack under which all candidates are never', () => {
    const answer = explainEligibility(facts({ offer: partnerNetwork, pack: pack('P8') }));
    expect(answer.outcome).toBe('never');
    expect(explainEligibility(facts({ offer: { quotaId: 'MSDN_2014-09-01' } })).outcome).toBe('never');
  });

  test('what does not depend on the offer refuses there too', () => {
    const answer = explainEligibility(
      facts({ offer: { quotaId: 'x' }, state: 'Disabled', pack: pack('P4'), billing: null }),
    );
    expect(answer.outcome).toBe('not-yet');
    expect(codes(answer.refusals)).toEqual(['subscription-not-enabled']);
  });
});
