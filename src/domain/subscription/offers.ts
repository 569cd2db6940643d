import type { OfferFacts } from './subscription.js';

export const offerKeys = [
  'enterprise-agreement',
  'mca-e',
  'ea-dev-test',
  'pay-as-you-go',
  'microsoft-partner-network',
  'csp',
  'azure-sponsorship',
  'bizspark',
  'bizspark-plus',
  'azure-for-students',
  'msdn',
  'visual-studio',
  'azure-pass',
  'azure-in-open',
  'education',
  'free-trial',
] as const;

/** An offer as the policy texts name it. */
export type OfferKey = (typeof offerKeys)[number];

export const offerNames: Readonly<Record<OfferKey, string>> = {
  'enterprise-agreement': 'Enterprise Agreement',
  'mca-e': 'Microsoft Customer Agreement for enterprises (MCA-E)',
  'ea-dev-test': 'Enterprise Dev/Test',
  'pay-as-you-go': 'Pay-As-You-Go',
  'microsoft-partner-network': 'Microsoft Partner Network',
  csp: 'Cloud Solution Provider (CSP)',
  'azure-sponsorship': 'Azure Sponsorship',
  bizspark: 'BizSpark',
  'bizspark-plus': 'BizSpark Plus',
  'azure-for-students': 'Azure for Students',
  msdn: 'MSDN Platforms',
  'visual-studio': 'Visual Studio subscription',
  'azure-pass': 'Azure Pass',
  'azure-in-open': 'Azure in Open Licensing',
  education: 'Education',
  'free-trial': 'Free Trial',
};

/**
 * What the facts say about the offer. `ambiguous`: one of several, and nobody said which; with `orUnlisted` it may
 * also be an agreement that no text names, so that no answer can be common to all. Both it and `unknown` go to a human.
 */
export type OfferClassification =
  | { readonly kind: 'known'; readonly offer: OfferKey }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly OfferKey[]; readonly orUnlisted: boolean }
  | { readonly kind: 'unknown' };

const unknownOffer: OfferClassification = { kind: 'unknown' };
const known = (offer: OfferKey): OfferClassification => ({ kind: 'known', offer });
const oneOf = (candidates: readonly OfferKey[]): OfferClassification => ({
  kind: 'ambiguous',
  candidates,
  orUnlisted: false,
});
const oneOfOrUnlisted = (candidates: readonly OfferKey[]): OfferClassification => ({
  kind: 'ambiguous',
  candidates,
  orUnlisted: true,
});

/** Offer ids without `MS-AZR-`; what is not here is of no class that a text names. */
export const offerIds: Readonly<Partial<Record<OfferKey, readonly string[]>>> = {
  'enterprise-agreement': ['0017P', 'USGOV-0017P'],
  'mca-e': ['0017G'],
  'ea-dev-test': ['0148P'],
  'pay-as-you-go': ['0003P'],
  'microsoft-partner-network': ['0025P'],
  csp: ['0145P'],
  'azure-sponsorship': ['0036P'],
  'azure-for-students': ['0170P'],
  msdn: ['0062P'],
  'visual-studio': ['0029P', '0059P', '0060P', '0063P', '0064P'],
  'azure-pass': ['0120P', '0122P', '0123P', '0124P', '0125P', '0128P', '0129P', '0130P'],
  'azure-in-open': ['0111P'],
  education: ['0144P'],
  'free-trial': ['0044P'],
};

/** What stands behind a quota id. */
export interface QuotaId {
  /** The classes of the offers behind it: an offer id of any other class contradicts it. */
  readonly behind: readonly OfferKey[];
  /** Reads the agreement where no offer id was given. */
  readonly byAgreement: (agreementType: string | null, accountType: string | null) => OfferClassification;
}

const only = (offer: OfferKey): QuotaId => ({ behind: [offer], byAgreement: () => known(offer) });
const eitherOf = (...offers: readonly OfferKey[]): QuotaId => ({
  behind: offers,
  byAgreement: () => oneOf(offers),
});

function enterpriseByAgreement(
  agreementType: string | null,
  accountType: string | null,
): OfferClassification {
  if (agreementType === 'enterpriseagreement') return known('enterprise-agreement');
  if (agreementType === 'microsoftcustomeragreement') return enterpriseCustomer(accountType);
  return agreementType === null ? oneOfOrUnlisted(['enterprise-agreement', 'mca-e']) : unknownOffer;
}

/** A customer agreement that is not an enterprise's is unknown under every pack. */
function enterpriseCustomer(accountType: string | null): OfferClassification {
  if (accountType === 'enterprise') return known('mca-e');
  return accountType === null ? oneOfOrUnlisted(['mca-e']) : unknownOffer;
}

function payAsYouGoByAgreement(agreementType: string | null): OfferClassification {
  if (agreementType === 'microsoftonlineservicesprogram') return known('pay-as-you-go');
  return agreementType === null ? oneOfOrUnlisted(['pay-as-you-go']) : unknownOffer;
}

/** PAYG Dev/Test and MCA Dev/Test stand behind this quota id too, and no text names them: hence `orUnlisted`. */
function devTestByAgreement(agreementType: string | null): OfferClassification {
  if (agreementType === 'enterpriseagreement') return known('ea-dev-test');
  if (agreementType === 'microsoftonlineservicesprogram') return oneOfOrUnlisted(['visual-studio']);
  return agreementType === null ? oneOfOrUnlisted(['ea-dev-test', 'visual-studio']) : unknownOffer;
}

/** What stands behind each quota id (docs/policy.md, Knowing the offer). */
export const quotaIdTable: readonly (readonly [string, QuotaId])[] = [
  [
    'EnterpriseAgreement_2014-09-01',
    { behind: ['enterprise-agreement', 'mca-e'], byAgreement: enterpriseByAgreement },
  ],
  ['MSDNDevTest_2014-09-01', { behind: ['ea-dev-test', 'visual-studio'], byAgreement: devTestByAgreement }],
  ['PayAsYouGo_2014-09-01', { behind: ['pay-as-you-go'], byAgreement: payAsYouGoByAgreement }],
  ['MPN_2014-09-01', eitherOf('microsoft-partner-network', 'visual-studio')],
  ['MSDN_2014-09-01', eitherOf('msdn', 'visual-studio')],
  ['FreeTrial_2014-09-01', only('free-trial')],
  ['AzurePass_2014-09-01', only('azure-pass')],
  ['AzureInOpen_2014-09-01', only('azure-in-open')],
  ['AzureForStudents_2018-01-01', only('azure-for-students')],
  ['DreamSpark_2015-02-01', only('education')],
  ['BizSpark_2014-09-01', only('bizspark')],
  ['BizSparkPlus_2014-09-01', only('bizspark-plus')],
  ['Sponsored_2016-01-01', only('azure-sponsorship')],
  ['CSP_2015-05-01', only('csp')],
];

/** The cloud is not consistent about letter case, so ours does not matter. */
const quotaIds = new Map(quotaIdTable.map(([quotaId, behind]) => [quotaId.toLowerCase(), behind]));

/** Names the offer, or says why nobody can. Total; letter case and `MS-AZR-` do not matter. */
export function classifyOffer(facts: OfferFacts): OfferClassification {
  const quotaId = quotaIds.get(facts.quotaId.trim().toLowerCase());
  if (quotaId === undefined) return unknownOffer;
  const offerId = stated(facts.offerId);
  const accountType = stated(facts.accountType);
  if (offerId === null) return quotaId.byAgreement(stated(facts.agreementType), accountType);
  const bareId = offerId.toUpperCase().replace(/^MS-AZR-/, '');
  const offer = quotaId.behind.find((candidate) => offerIds[candidate]?.includes(bareId));
  if (offer === undefined) return unknownOffer;
  // An offer id settles it, except that 0017G is carried by individuals' customer agreements too.
  if (offer === 'mca-e' && accountType !== null && accountType !== 'enterprise') return unknownOffer;
  return known(offer);
}

function stated(text: string | null | undefined): string | null {
  const trimmed = text?.trim().toLowerCase() ?? '';
  return trimmed === '' ? null : trimmed;
}
