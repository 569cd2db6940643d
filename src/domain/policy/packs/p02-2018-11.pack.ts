import type { PolicyPack } from '../policy-pack.js';
import { column2018 } from './offer-columns.js';
import { cutOffOf2017, presentRulesVersion, usualThresholds } from './thresholds.js';

export const packP2: PolicyPack = {
  id: 'P2',
  dateOfText: '2018-11-20',
  title: 'The first article of its own',
  cutOff: cutOffOf2017,
  cutOffDecidedBy: 'subscription-creation',
  table: column2018,
  paymentGateUsd: null,
  selfService: null,
  thresholds: usualThresholds,
  remarks: [
    'Pay-As-You-Go and Microsoft Partner Network on request.',
    "Requests are approved at the platform's discretion, after additional anti-fraud checks.",
  ],
  source:
    'MicrosoftDocs/azure-docs, articles/virtual-network/troubleshoot-outbound-smtp-connectivity.md, text of 2018-11-20',
  rulesVersion: presentRulesVersion,
};
