import type { PolicyPack } from '../policy-pack.js';
import { column2017 } from './offer-columns.js';
import { cutOffOf2017, presentRulesVersion, usualThresholds } from './thresholds.js';

export const packP1: PolicyPack = {
  id: 'P1',
  dateOfText: '2018-06',
  title: 'The partner asks for CSP',
  cutOff: cutOffOf2017,
  cutOffDecidedBy: 'subscription-creation',
  table: column2017,
  paymentGateUsd: null,
  selfService: null,
  thresholds: usualThresholds,
  remarks: [
    'The partner asks on behalf of its CSP customer.',
    'The text lets only machines created after the exemption use port 25; the product enforces deallocate and start instead.',
  ],
  source:
    'MicrosoftDocs/azure-docs, articles/virtual-network/troubleshoot-outbound-smtp-connectivity.md, text of June 2018',
  rulesVersion: presentRulesVersion,
};
