import fc from 'fast-check';
import { offerKeys } from '../subscription/offers.js';
import type { OfferKey } from '../subscription/offers.js';
import type { OfferFacts } from '../subscription/subscription.js';
import { explainEligibility } from './eligibility.js';
import type { EligibilityInput } from './eligibility.js';
import { findPolicyPack, policyPacks } from './packs/index.js';
import type { PackId, PolicyPack } from './policy-pack.js';

/** Facts that name each offer beyond doubt. */
const factsOf: Readonly<Record<OfferKey, OfferFacts>> = {
  'enterprise-agreement': { quotaId: 'EnterpriseAgreement_2014-09-01', offerId: '0017P' },
  'mca-e': {
    quotaId: 'EnterpriseAgreement_2014-09-01',
    agreementType: 'MicrosoftCustomerAgreement',
    accountType: 'Enterprise',
  },
  'ea-dev-test': { quotaId: 'MSDNDevTest_2014-09-01', offerId: '0148P' },
  'pay-as-you-go': { quotaId: 'PayAsYouGo_2014-09-01', offerId: '0003P' },
  'microsoft-partner-network': { quotaId: 'MPN_2014-09-01', offerId: '0025P' },
  csp: { quotaId: 'CSP_2015-05-01' },
  'azure-sponsorship': { quotaId: 'Sponsored_2016-01-01' },
  bizspark: { quotaId: 'BizSpark_2014-09-01' },
  'bizspark-plus': { quotaId: 'BizSparkPlus_2014-09-01' },
  'azure-for-students': { quotaId: 'AzureForStudents_2018-01-01' },
  msdn: { quotaId: 'MSDN_2014-09-01', offerId: '0062P' },
  'visual-studio': { quotaId: 'MSDN_2014-09-01', offerId: '0063P' },
  'azure-pass': { quotaId: 'AzurePass_2014-09-01' },
  'azure-in-open': { quotaId: 'AzureInOpen_2014-09-01' },
  education: { quotaId: 'DreamSpark_2015-02-01' },
  'free-trial': { quotaId: 'FreeTrial_2014-09-01' },
};

const columns = ['P0 P1', 'P2', 'P3', 'P4 P5', 'P6 P7', 'P8', 'P9 P10'];

/** Typed in by hand from the published texts; the packs are not asked. */
const publishedTable: Readonly<Record<OfferKey, string>> = {
  'enterprise-agreement': 'O | O | O | O | O | O | O',
  'mca-e': 'unknown | unknown | unknown | unknown | unknown | unknown | O',
  'ea-dev-test': 'unknown | unknown | unknown | unknown | unknown | B auto | B auto',
  'pay-as-you-go': 'GF req | GF req | GF req | GF auto | B auto | B never | B never',
  'microsoft-partner-network': 'GF req | GF req | GF req | GF req | B req | B never | B never',
  csp: 'GF partner | GF partner | GF partner | GF auto | B auto | B never | B never',
  'azure-sponsorship': 'unknown | GF never | GF never | GF req | B req | B never | B never',
  bizspark: 'GF never | GF never | GF never | GF never | B never | B never | B never',
  'bizspark-plus': 'GF never | GF never | GF never | GF req | B req | B never | B never',
  'azure-for-students': 'unknown | GF never | GF never | GF never | B never | B never | B never',
  msdn: 'GF never | GF never | GF never | GF never | B never | B never | B never',
  'visual-studio': 'GF never | GF never | GF never | GF never | B never | B never | B never',
  'azure-pass': 'GF never | GF never | GF never | GF never | B never | B never | B never',
  'azure-in-open': 'GF never | GF never | GF never | GF never | B never | B never | B never',
  education: 'GF never | GF never | GF never | GF never | B never | B never | B never',
  'free-trial': 'GF never | GF never | GF never | GF never | B never | B never | B never',
};

const outcomeOfAsking: Readonly<Record<string, string>> = {
  req: 'requestable',
  partner: 'partner-only',
  auto: 'self-service',
  never: 'never',
};

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
    offer: factsOf['pay-as-you-go'],
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

const cells = offerKeys.flatMap((offer) =>
  columns.flatMap((column, index) => {
    const cell = publishedTable[offer].split(' | ')[index] ?? 'missing';
    return column.split(' ').map((id) => ({ offer, id: id as PackId, cell }));
  }),
);

const sides = [
  { side: 'the last millisecond before the cut-off', createdAt: '2017-11-14T23:59:59.999Z', old: true },
  { side: 'the cut-off itself', createdAt: '2017-11-15T00:00:00Z', old: false },
  { side: 'the millisecond after it', createdAt: '2017-11-15T00:00:00.001Z', old: false },
  { side: 'the cut-off itself, told in another zone', createdAt: '2017-11-15T01:00:00+01:00', old: false },
];

describe.each(cells)('$offer under $id ($cell)', ({ offer, id, cell }) => {
  test.each(sides)('created at $side', ({ createdAt, old }) => {
    const [blocked = '', asking = ''] = cell.split(' ');
    const open = blocked === 'O' || (blocked === 'GF' && old);
    const expected = cell === 'unknown' ? 'unknown' : open ? 'open' : outcomeOfAsking[asking];
    const answer = explainEligibility(facts({ pack: pack(id), offer: factsOf[offer], createdAt }));
    expect(answer.outcome).toBe(expected);
    expect(answer.port25Open).toBe(open);
    expect(answer.grantsByRule).toBe(expected === 'self-service');
    const asker = ['requestable', 'self-service', 'partner-only'].includes(answer.outcome)
      ? offer === 'csp'
        ? 'partner'
        : 'customer'
      : null;
    expect(answer.requester).toBe(asker);
    expect(answer.reasons).not.toHaveLength(0);
    expect(answer.nextSteps).not.toHaveLength(0);
  });
});

test('there are eleven packs, P0 to P10, and the table above covers each of them for every offer', () => {
  expect(policyPacks.map(({ id }) => id)).toEqual(columns.join(' ').split(' '));
  expect(cells).toHaveLength(16 * 11);
});

test('eligibility is total, never grants by rule over a refusal, and always says why and what next', () => {
  const text = fc.option(fc.string(), { nil: null });
  fc.assert(
    fc.property(
      fc.record({
        pack: fc.constantFrom(...policyPacks),
        offer: fc.oneof(
          fc.constantFrom(...Object.values(factsOf)),
          fc.record({ quotaId: fc.string(), offerId: text }),
        ),
        createdAt: fc
          .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
          .map((date) => date.toISOString()),
        state: fc.constantFrom('Enabled', 'Warned', 'PastDue', 'Disabled', 'Deleted', null),
        requester: fc.constantFrom(customer, partner, null),
        relayCannotBeUsed: fc.constantFrom(true, false, null),
        coolingDownUntil: fc.constantFrom(null, '2025-01-01T00:00:00Z', '2027-01-01T00:00:00Z'),
        live: fc.record({
          request: fc.boolean(),
          exemption: fc.boolean(),
          formerExemption: fc.boolean(),
        }),
      }),
      (more) => {
        const answer = explainEligibility(facts(more));
        expect(answer.reasons.length).toBeGreaterThan(0);
        expect(answer.nextSteps.length).toBeGreaterThan(0);
        if (answer.grantsByRule) expect([answer.outcome, answer.refusals]).toEqual(['self-service', []]);
        if (['open', 'never', 'not-yet'].includes(answer.outcome))
          expect([...answer.refusals, ...answer.conflicts]).not.toEqual([]);
      },
    ),
  );
});
