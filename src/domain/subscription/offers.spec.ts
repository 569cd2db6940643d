import fc from 'fast-check';
import { classifyOffer, offerKeys, offerNames } from './offers.js';
import type { OfferKey } from './offers.js';
import type { OfferFacts } from './subscription.js';

const enterprise = 'EnterpriseAgreement_2014-09-01';
const devTest = 'MSDNDevTest_2014-09-01';
const payAsYouGo = 'PayAsYouGo_2014-09-01';
const partnerNetwork = 'MPN_2014-09-01';
const msdn = 'MSDN_2014-09-01';

const named: readonly (readonly [OfferKey, OfferFacts])[] = [
  ['enterprise-agreement', { quotaId: enterprise, offerId: 'MS-AZR-0017P' }],
  ['enterprise-agreement', { quotaId: enterprise, offerId: 'MS-AZR-USGOV-0017P' }],
  ['enterprise-agreement', { quotaId: enterprise, offerId: 'usgov-0017p' }],
  ['enterprise-agreement', { quotaId: enterprise, agreementType: 'EnterpriseAgreement' }],
  ['mca-e', { quotaId: enterprise, offerId: '0017G' }],
  ['mca-e', { quotaId: enterprise, offerId: 'MS-AZR-0017G', accountType: 'Enterprise' }],
  ['mca-e', { quotaId: enterprise, agreementType: 'MicrosoftCustomerAgreement', accountType: 'Enterprise' }],
  ['ea-dev-test', { quotaId: devTest, offerId: '0148P' }],
  ['ea-dev-test', { quotaId: devTest, agreementType: 'EnterpriseAgreement' }],
  ['visual-studio', { quotaId: devTest, offerId: '0060P' }],
  ['pay-as-you-go', { quotaId: payAsYouGo, offerId: '0003P' }],
  ['pay-as-you-go', { quotaId: payAsYouGo, offerId: 'ms-azr-0003p' }],
  ['pay-as-you-go', { quotaId: payAsYouGo, agreementType: 'MicrosoftOnlineServicesProgram' }],
  ['microsoft-partner-network', { quotaId: partnerNetwork, offerId: '0025P' }],
  ['visual-studio', { quotaId: partnerNetwork, offerId: '0029P' }],
  ['msdn', { quotaId: msdn, offerId: '0062P' }],
  ['visual-studio', { quotaId: msdn, offerId: '0059P' }],
  ['visual-studio', { quotaId: msdn, offerId: '0063P' }],
  ['visual-studio', { quotaId: msdn, offerId: '0064P' }],
  ['free-trial', { quotaId: 'FreeTrial_2014-09-01' }],
  ['free-trial', { quotaId: 'FreeTrial_2014-09-01', offerId: '0044P' }],
  ['azure-pass', { quotaId: 'AzurePass_2014-09-01' }],
  ...['0120P', '0122P', '0123P', '0124P', '0125P', '0128P', '0129P', '0130P'].map(
    (offerId): readonly [OfferKey, OfferFacts] => [
      'azure-pass',
      { quotaId: 'AzurePass_2014-09-01', offerId },
    ],
  ),
  ['azure-in-open', { quotaId: 'AzureInOpen_2014-09-01' }],
  ['azure-in-open', { quotaId: 'AzureInOpen_2014-09-01', offerId: '0111P' }],
  ['azure-for-students', { quotaId: 'AzureForStudents_2018-01-01' }],
  ['azure-for-students', { quotaId: 'AzureForStudents_2018-01-01', offerId: '0170P' }],
  ['education', { quotaId: 'DreamSpark_2015-02-01' }],
  ['education', { quotaId: 'DreamSpark_2015-02-01', offerId: '0144P' }],
  ['bizspark', { quotaId: 'BizSpark_2014-09-01' }],
  ['bizspark-plus', { quotaId: 'BizSparkPlus_2014-09-01' }],
  ['azure-sponsorship', { quotaId: 'Sponsored_2016-01-01' }],
  ['azure-sponsorship', { quotaId: 'Sponsored_2016-01-01', offerId: '0036P' }],
  ['csp', { quotaId: 'CSP_2015-05-01' }],
  ['csp', { quotaId: 'CSP_2015-05-01', offerId: '0145P', agreementType: 'MicrosoftPartnerAgreement' }],
  ['csp', { quotaId: 'csp_2015-05-01', offerId: '' }],
];

test.each(named)('is %s: %j', (offer, facts) => {
  expect(classifyOffer(facts)).toEqual({ kind: 'known', offer });
});

const ambiguous: readonly (readonly [readonly OfferKey[], boolean, OfferFacts])[] = [
  [['enterprise-agreement', 'mca-e'], true, { quotaId: enterprise }],
  [['mca-e'], true, { quotaId: enterprise, agreementType: 'MicrosoftCustomerAgreement' }],
  [['ea-dev-test', 'visual-studio'], true, { quotaId: devTest }],
  [['visual-studio'], true, { quotaId: devTest, agreementType: 'MicrosoftOnlineServicesProgram' }],
  [['pay-as-you-go'], true, { quotaId: payAsYouGo }],
  [['microsoft-partner-network', 'visual-studio'], false, { quotaId: partnerNetwork }],
  [['msdn', 'visual-studio'], false, { quotaId: msdn }],
];

test.each(ambiguous)('may be %j (or none of them: %s): %j', (candidates, orUnlisted, facts) => {
  expect(classifyOffer(facts)).toEqual({ kind: 'ambiguous', candidates, orUnlisted });
});

const unknown: readonly OfferFacts[] = [
  { quotaId: 'Internal_2014-09-01' },
  { quotaId: '' },
  { quotaId: 'constructor' },
  { quotaId: devTest, offerId: '0148G' },
  { quotaId: devTest, offerId: 'MS-AZR-0023P' },
  { quotaId: payAsYouGo, offerId: '0023P' },
  { quotaId: devTest, agreementType: 'MicrosoftCustomerAgreement', accountType: 'Enterprise' },
  { quotaId: enterprise, agreementType: 'MicrosoftCustomerAgreement', accountType: 'Individual' },
  { quotaId: enterprise, offerId: '0017G', accountType: 'Individual' },
  { quotaId: enterprise, agreementType: 'MicrosoftOnlineServicesProgram' },
  { quotaId: payAsYouGo, agreementType: 'MicrosoftCustomerAgreement', accountType: 'Individual' },
  { quotaId: payAsYouGo, agreementType: 'EnterpriseAgreement' },
  { quotaId: payAsYouGo, offerId: '0017P' },
  { quotaId: enterprise, offerId: '0003P', agreementType: 'EnterpriseAgreement' },
  { quotaId: 'FreeTrial_2014-09-01', offerId: '0003P' },
  { quotaId: 'CSP_2015-05-01', offerId: '9999P' },
];

test.each(unknown)('is unknown, under every pack: %j', (facts) => {
  expect(classifyOffer(facts)).toEqual({ kind: 'unknown' });
});

test('every offer has a name of its own', () => {
  expect(new Set(offerKeys.map((offer) => offerNames[offer])).size).toBe(16);
});

test('classification is total and deaf to letter case', () => {
  const text = fc.option(fc.string(), { nil: null });
  fc.assert(
    fc.property(
      fc.constantFrom(...named.map(([, facts]) => facts.quotaId), 'x'),
      text,
      text,
      text,
      (quotaId, offerId, agreementType, accountType) => {
        const facts = { quotaId, offerId, agreementType, accountType };
        const shouted = { ...facts, quotaId: quotaId.toUpperCase() };
        expect(classifyOffer(shouted)).toEqual(classifyOffer(facts));
      },
    ),
  );
});
