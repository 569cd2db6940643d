import type { PolicyPack } from '../policy-pack.js';
import { column2017 } from './offer-columns.js';
import { cutOffOf2017, presentRulesVersion, usualThresholds } from './thresholds.js';

export const packP0: PolicyPack = {
  id: 'P0',
  dateOfText: '2017-11-15',
  title: 'The block begins',
  cutOff: cutOffOf2017,
  cutOffDecidedBy: 'subscription-creation',
  table: column2017,
  paymentGateUsd: null,
  selfService: null,
  thresholds: usualThresholds,
  remarks: [
    'Applies to new subscriptions and new deployments from 2017-11-15.',
    'Enterprise Agreement is open.',
    'Relays on port 587 are never restricted.',
  ],
  source: 'November 2017 update on the MSDN "mast" blog',
  rulesVersion: presentRulesVersion,
};
