import type { OfferRule, OfferTable } from '../policy-pack.js';

/** Columns of the table in docs/policy.md that more than one version shares; each version names the one it takes. */

const open: OfferRule = { blocked: 'open', ask: 'nobody' };
const oldOpenCustomerAsks: OfferRule = { blocked: 'grandfathered', ask: 'customer' };
const oldOpenPartnerAsks: OfferRule = { blocked: 'grandfathered', ask: 'partner' };
const oldOpenSelfService: OfferRule = { blocked: 'grandfathered', ask: 'self-service' };
const oldOpenNever: OfferRule = { blocked: 'grandfathered', ask: 'never' };
const customerAsks: OfferRule = { blocked: 'always', ask: 'customer' };
const selfService: OfferRule = { blocked: 'always', ask: 'self-service' };
const never: OfferRule = { blocked: 'always', ask: 'never' };

/** P0 and P1: silent on Sponsorship and Azure for Students. */
export const column2017: OfferTable = {
  'enterprise-agreement': open,
  'mca-e': 'unknown',
  'ea-dev-test': 'unknown',
  'pay-as-you-go': oldOpenCustomerAsks,
  'microsoft-partner-network': oldOpenCustomerAsks,
  csp: oldOpenPartnerAsks,
  'azure-sponsorship': 'unknown',
  bizspark: oldOpenNever,
  'bizspark-plus': oldOpenNever,
  'azure-for-students': 'unknown',
  msdn: oldOpenNever,
  'visual-studio': oldOpenNever,
  'azure-pass': oldOpenNever,
  'azure-in-open': oldOpenNever,
  education: oldOpenNever,
  'free-trial': oldOpenNever,
};

/** P2 and P3: Sponsorship and Azure for Students are never granted. */
export const column2018: OfferTable = {
  'enterprise-agreement': open,
  'mca-e': 'unknown',
  'ea-dev-test': 'unknown',
  'pay-as-you-go': oldOpenCustomerAsks,
  'microsoft-partner-network': oldOpenCustomerAsks,
  csp: oldOpenPartnerAsks,
  'azure-sponsorship': oldOpenNever,
  bizspark: oldOpenNever,
  'bizspark-plus': oldOpenNever,
  'azure-for-students': oldOpenNever,
  msdn: oldOpenNever,
  'visual-studio': oldOpenNever,
  'azure-pass': oldOpenNever,
  'azure-in-open': oldOpenNever,
  education: oldOpenNever,
  'free-trial': oldOpenNever,
};

/** P4 and P5: self-service for Pay-As-You-Go and CSP; BizSpark Plus and Sponsorship on request. */
export const column2020: OfferTable = {
  'enterprise-agreement': open,
  'mca-e': 'unknown',
  'ea-dev-test': 'unknown',
  'pay-as-you-go': oldOpenSelfService,
  'microsoft-partner-network': oldOpenCustomerAsks,
  csp: oldOpenSelfService,
  'azure-sponsorship': oldOpenCustomerAsks,
  bizspark: oldOpenNever,
  'bizspark-plus': oldOpenCustomerAsks,
  'azure-for-students': oldOpenNever,
  msdn: oldOpenNever,
  'visual-studio': oldOpenNever,
  'azure-pass': oldOpenNever,
  'azure-in-open': oldOpenNever,
  education: oldOpenNever,
  'free-trial': oldOpenNever,
};

/** P6 and P7: as before, without a cut-off. */
export const column2021: OfferTable = {
  'enterprise-agreement': open,
  'mca-e': 'unknown',
  'ea-dev-test': 'unknown',
  'pay-as-you-go': selfService,
  'microsoft-partner-network': customerAsks,
  csp: selfService,
  'azure-sponsorship': customerAsks,
  bizspark: never,
  'bizspark-plus': customerAsks,
  'azure-for-students': never,
  msdn: never,
  'visual-studio': never,
  'azure-pass': never,
  'azure-in-open': never,
  education: never,
  'free-trial': never,
};

/** P8: only Enterprise Agreement is open, Enterprise Dev/Test is self-service, everything else never. */
export const column2022: OfferTable = {
  'enterprise-agreement': open,
  'mca-e': 'unknown',
  'ea-dev-test': selfService,
  'pay-as-you-go': never,
  'microsoft-partner-network': never,
  csp: never,
  'azure-sponsorship': never,
  bizspark: never,
  'bizspark-plus': never,
  'azure-for-students': never,
  msdn: never,
  'visual-studio': never,
  'azure-pass': never,
  'azure-in-open': never,
  education: never,
  'free-trial': never,
};

/** P9 and P10: MCA-E joins Enterprise Agreement. */
export const column2023: OfferTable = { ...column2022, 'mca-e': open };
